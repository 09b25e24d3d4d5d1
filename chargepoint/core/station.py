"""The station: routing of commands, and the order of things in a tick. Nothing else.

The caller's duties: give every command to ``handle`` and call ``tick`` ten times a
second; after each, ``take`` the Batch and do what its docstring says, in that order;
tell ``committed`` when a batch is on disk. A contactor closes only after the batch that
holds its session was committed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from chargepoint.core import messages as m
from chargepoint.core.blocks import Blocks
from chargepoint.core.config import StationConfig
from chargepoint.core.dialect import Dialect
from chargepoint.core.evse import Evse
from chargepoint.core.inputs import Inputs
from chargepoint.core.network import Network
from chargepoint.core.renewal import Renewal
from chargepoint.core.security_log import SecurityLog
from chargepoint.core.session import State
from chargepoint.core.snapshot import Snapshot
from chargepoint.core.trust import Trust
from chargepoint.core.unlocking import wants_lock
from chargepoint.core.variables import Variables
from chargepoint.core.words import Moment
from hardware.api import Actuation
from profiles.limits import Limit, combine

Memory = Mapping[str, Mapping[str, Any]]
"""What was kept on disk: kind, key, value."""

Routes = dict[type, Callable[[Any], m.Reply | m.Later | None]]
"""What each command is given to; None is ACCEPTED."""


class Station:
    """One charging station, without any I/O."""

    def __init__(
        self,
        config: StationConfig,
        memory: Memory,
        dialect: Dialect,
        new_id: Callable[[], str],
        now: Moment,
        registers_wh: Mapping[int, float] | None = None,
    ) -> None:
        """Pick up what *memory* holds. *registers_wh* are what the EVSEs' meters say at the
        start, where somebody has asked them."""
        self._blocks = Blocks(config, memory, dialect, new_id, now, registers_wh or {})
        self._committed = 0
        self._rows: Routes = self._routes()

    # --- in ----------------------------------------------------------------------------------

    def handle(self, command: m.Command, now: Moment) -> m.Reply | m.Later:
        """Do one command and return its answer."""
        self._blocks.turn.now = now
        reply = self._rows[type(command)](command)
        self._keep_variables()
        return m.ACCEPTED if reply is None else reply

    def tick(self, inputs: Inputs, now: Moment) -> dict[int, Actuation]:
        """Look at what is, let time act, and return what each board shall do."""
        blocks = self._blocks
        blocks.turn.now = now
        blocks.registrar.tick(now)
        blocks.readings = inputs.readings
        for evse in blocks.evses.values():
            self._read(evse, inputs)
            if evse.id in inputs.sensed:
                sensed = blocks.heat.judged(evse.id, inputs.sensed[evse.id])
                blocks.sessions.sensed(evse, sensed)
            blocks.sessions.tick(evse)
        blocks.smart_charging.tick()
        supplied = blocks.supply.tick(blocks.readings)
        blocks.phasing.tick(blocks.limiting.mode, supplied)
        blocks.limiting.tick(supplied)
        actuations = {
            evse.id: self._actuate(evse, now)
            for evse in blocks.evses.values()
            if evse.sensed is not None
        }
        for evse in blocks.evses.values():
            blocks.transactions.tick(evse, blocks.common.dialect, now)
            blocks.rates.tick(evse)
        blocks.outside.tick()
        blocks.idle_values.tick(blocks.readings.get("mains"))
        blocks.unlocking.tick()
        blocks.availability.run_scheduled(blocks.evses, blocks.common.dialect)
        blocks.reservations.tick()
        blocks.connecting.tell_statuses(now)
        blocks.renewal.tick()
        blocks.security_profile.tick()
        blocks.firmware.tick()
        blocks.diagnostics.tick()
        blocks.resetting.tick()
        self._keep_variables()
        return actuations

    def committed(self, number: int) -> None:
        """Everything up to batch *number* is on disk."""
        self._committed = max(self._committed, number)

    # --- out ---------------------------------------------------------------------------------

    def take(self) -> m.Batch:
        """Return what the turns since the last call leave to the shell."""
        batch = self._blocks.turn.take()
        self._blocks.screen.saw(batch.notes)
        return batch

    def snapshot(self, queued: int, url: str | None, why: str | None, now: Moment) -> Snapshot:
        """Return what a screen shows now. The three facts are the shell's to know."""
        self._blocks.turn.now = now
        return self._blocks.snapshot(queued, url, why)

    def binding(self, evse_id: int) -> Limit:
        """Return the limit that the last tick found to hold at this EVSE."""
        return self._blocks.evses[evse_id].binding

    @property
    def online(self) -> bool:
        """Return whether the central system has accepted us and is connected."""
        return self._blocks.registrar.online

    @property
    def registration(self) -> str:
        return self._blocks.registrar.status

    @property
    def dialect(self) -> Dialect:
        """Return the dialect of the last connection."""
        return self._blocks.common.dialect

    @property
    def variables(self) -> Variables:
        """Return the device model, for those who obey its settings (link, delivery)."""
        return self._blocks.common.variables

    @property
    def trust(self) -> Trust:
        """Return whom we trust, for those who dial and verify."""
        return self._blocks.trust

    @property
    def security_log(self) -> SecurityLog:
        """Return what happened to our security, for those who send it."""
        return self._blocks.security_log

    @property
    def renewal(self) -> Renewal:
        """Return our own certificates, for those who dial."""
        return self._blocks.renewal

    @property
    def network(self) -> Network:
        """Return where to dial, for those who dial."""
        return self._blocks.network

    def central_id(self, transaction_id: str) -> int | None:
        """Return the central system's number of our transaction, None while unknown (1.6)."""
        return self._blocks.ledger.central_ids.get(transaction_id)

    # --- the tick's pieces -------------------------------------------------------------------

    def _read(self, evse: Evse, inputs: Inputs) -> None:
        reading = inputs.readings.get(f"evse/{evse.id}")
        if reading is not None:
            evse.reading = reading
            evse.register_wh = max(evse.register_wh, reading.energy_wh or 0.0)

    def _actuate(self, evse: Evse, now: Moment) -> Actuation:
        """Return the actuation that the tightest limit allows, and remember who won."""
        sensed = evse.sensed
        assert sensed is not None
        evse.charged = evse.charged or (evse.authorized and sensed.main_closed)
        withheld = self._blocks.sessions.withheld(evse)
        binding = combine(evse.limits)
        evse.binding = withheld if withheld is not None else binding
        on_disk = evse.granted_in is not None and evse.granted_in <= self._committed
        phases = max(min(binding.phases, evse.wanted_phases), evse.config.fewest_phases)
        phases = 1 if phases < 3 else 3
        before_a = evse.path.offer_a
        actuation = evse.path.step(
            evse.binding, phases, on_disk, wants_lock(evse, now.s), sensed, now.s
        )
        if evse.state is State.ACTIVE and evse.path.offer_a > 0.0 and evse.transaction is not None:
            self._blocks.smart_charging.energy_offered(evse)
        self._blocks.limiting.note_change(evse, before_a)
        return actuation

    def _keep_variables(self) -> None:
        for key, value in self._blocks.common.variables.take_changes().items():
            self._blocks.turn.keep("variable", key, value)

    # --- routing -----------------------------------------------------------------------------

    def _routes(self) -> Routes:
        b = self._blocks
        ids = b.ledger.central_ids
        return {
            m.RemoteStart: lambda c: b.remote_start(c),
            m.RemoteStop: lambda c: b.remote_stop(c, ids),
            m.ChangeAvailability: lambda c: b.availability.change(c, b.evses, b.common.dialect),
            m.ChangeKey: b.configuring.key,
            m.GetKeys: lambda c: b.common.variables.get_keys(c),
            m.SetVariable: b.configuring.variable,
            m.GetVariable: lambda c: b.common.variables.get(c),
            m.Weigh: b.reporting.weigh,
            m.GetBaseReport: b.reporting.base,
            m.GetReport: b.reporting.selected,
            m.GetTransactionStatus: lambda c: b.ledger.transaction_status(c),
            m.SetProfile: lambda c: b.smart_charging.set(c, ids),
            m.ClearProfiles: lambda c: b.smart_charging.clear(c),
            m.GetProfiles: lambda c: b.smart_charging.report(c),
            m.GetComposite: lambda c: b.smart_charging.composite(c, b.limiting.steady()),
            m.TriggerMessage: lambda c: b.triggering.trigger(c),
            m.Reset: lambda c: b.firmware.refuses_reset() or b.resetting.reset(c),
            m.SetNetworkProfile: b.network.set,
            m.Unlock: lambda c: b.unlocking.unlock(c),
            m.ClearCache: lambda _: b.cache.clear(b.common.store_trouble),
            m.SendLocalList: b.local_list.send,
            m.GetListVersion: b.local_list.version,
            m.ReserveNow: b.reservations.reserve,
            m.CancelReservation: b.reservations.cancel,
            m.PresentToken: lambda c: b.access.present(c),
            m.SetMode: lambda c: b.limiting.set_mode(c.mode),
            m.Override: lambda c: b.outside.refuses_override() or b.limiting.override(c),
            m.InstallCertificate: lambda c: b.security_log.reconfigured(
                b.trust.install(c), f"{c.use} installed"
            ),
            m.DeleteCertificate: lambda c: b.security_log.reconfigured(
                b.trust.delete(c), "certificate deleted"
            ),
            m.GetCertificates: lambda c: b.trust.listed(c),
            m.CertificateSigned: lambda c: b.renewal.signed(c),
            m.KeyMade: lambda c: b.renewal.key_made(c),
            m.SignAnswered: lambda c: b.renewal.answered(c),
            m.CertificateTried: lambda c: b.renewal.tried(c),
            m.UpdateFirmware: b.firmware.update,
            m.FirmwareFetched: b.firmware.fetched,
            m.FirmwareNotFetched: b.firmware.not_fetched,
            m.FirmwareChecked: b.firmware.checked,
            m.FirmwareInstalled: b.firmware.installed,
            m.FirmwareNotInstalled: b.firmware.not_installed,
            m.VendorCall: b.vendors.asked,
            m.VendorAnswered: b.vendors.answered,
            m.SendVendorData: b.vendors.send,
            m.VendorDataAnswered: b.vendors.told,
            m.GetLog: lambda c: b.diagnostics.get(c),
            m.LogSent: lambda c: b.diagnostics.sent(c),
            m.GridRelay: lambda c: b.supply.dimming.set(c),
            m.LinkUp: lambda c: b.connecting.up(c.dialect),
            m.LinkDown: lambda c: b.connecting.down(c.wished),
            m.DialFailed: lambda _: b.network.failed(),
            m.ReportTold: b.reporting.told,
            m.BootAnswered: b.connecting.boot_answered,
            m.HeartbeatAnswered: lambda c: b.registrar.set_clock(c.at, b.turn.now),
            m.AuthorizeAnswered: lambda c: b.access.answered(c),
            m.StatusTold: lambda c: b.telling.confirmed(c.event),
            m.EventDelivered: lambda c: b.ledger.delivered(c),
            m.EventGivenUp: lambda c: b.ledger.given_up(c),
            m.NoteSecurity: lambda c: b.note_security(c),
            m.StoreFailed: lambda c: b.store_failed(c.why),
            m.StoreWorks: lambda _: b.store_failed(""),
        }
