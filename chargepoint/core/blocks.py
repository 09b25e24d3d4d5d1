"""The functional blocks of one station, made and introduced to each other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from chargepoint.core import messages as m
from chargepoint.core.access import Access
from chargepoint.core.authorization import Authorization
from chargepoint.core.availability import Availability
from chargepoint.core.common import Common
from chargepoint.core.config import StationConfig
from chargepoint.core.configuring import Configuring
from chargepoint.core.connecting import Connecting
from chargepoint.core.device import facts
from chargepoint.core.diagnostics import Diagnostics
from chargepoint.core.dialect import Dialect
from chargepoint.core.evse import Evse
from chargepoint.core.firmware import Firmware
from chargepoint.core.heat import Heat
from chargepoint.core.idle_values import IdleValues
from chargepoint.core.kinds import Kept
from chargepoint.core.ledger import Ledger
from chargepoint.core.limiting import Limiting
from chargepoint.core.local_list import LocalList
from chargepoint.core.metering import Metering
from chargepoint.core.network import Network
from chargepoint.core.outside import Outside
from chargepoint.core.phasing import Phasing
from chargepoint.core.power import PowerPath
from chargepoint.core.rate_telling import RateTelling
from chargepoint.core.registration import Registrar
from chargepoint.core.renewal import Renewal
from chargepoint.core.reporting import Reporting
from chargepoint.core.reservations import Reservations
from chargepoint.core.resetting import Resetting
from chargepoint.core.screen import Screen
from chargepoint.core.security_log import SecurityLog
from chargepoint.core.security_profile import SecurityProfile
from chargepoint.core.sessions import Sessions
from chargepoint.core.smart_charging import SmartCharging
from chargepoint.core.snapshot import Snapshot
from chargepoint.core.stopping import Stopping
from chargepoint.core.supply import Supply
from chargepoint.core.telling import StatusTelling
from chargepoint.core.token_cache import TokenCache
from chargepoint.core.transactions import REGISTER_EVERY_S, Transactions
from chargepoint.core.triggering import Triggering
from chargepoint.core.trust import Trust
from chargepoint.core.turn import Turn
from chargepoint.core.unlocking import Unlocking
from chargepoint.core.variables import Variables
from chargepoint.core.vendors import Vendors
from chargepoint.core.words import BootReason, CertificateUse, Moment
from hardware.api import MeterReading

UNSTORED_S = REGISTER_EVERY_S + 5.0  # the register on disk is never older, contactor included


class Blocks:
    """Everything a Station routes to, and the few chores that concern several blocks."""

    def __init__(
        self,
        config: StationConfig,
        memory: Mapping[str, Mapping[str, Any]],
        dialect: Dialect,
        new_id: Callable[[], str],
        now: Moment,
        registers_wh: Mapping[int, float],
    ) -> None:
        kept = Kept(memory)
        self.turn = Turn(now, has_central=config.has_central, queued=Counter(kept["queued"]))
        self.evses = {each.id: _evse(config, each.id, kept) for each in config.evses}
        self.readings: Mapping[str, MeterReading] = {}
        computed = facts(self)
        variables = Variables(config, kept["variable"], computed)
        variables.speak(dialect.name)
        self.common = Common(config, self.turn, variables, self.evses, dialect)
        reason = kept["boot"].get("reason", BootReason.POWER_UP)
        self.registrar = Registrar(self.turn, variables, reason)
        self.common.registration = lambda: self.registrar.status
        self._make_sessions(kept, new_id)
        self._make_limits(kept)
        self._make_security(kept)
        self._make_answers()
        self.transactions.may_begin = self.access.may_begin
        self.transactions.events.on_granted = self._granted
        self.transactions.on_end = self.smart_charging.transaction_ended
        self.connecting = Connecting(self, kept["dialect"].get("name"))
        self._pick_up(kept, registers_wh)

    def _make_sessions(self, kept: Kept, new_id: Callable[[], str]) -> None:
        """Who may charge where, and what is told of it."""
        config, variables = self.common.config, self.common.variables
        self.metering = Metering(config, variables)
        self.transactions = Transactions(self.turn, variables, self.metering, new_id)
        self.availability = Availability(
            self.turn, kept["availability"], kept["availability_scheduled"]
        )
        self.telling = StatusTelling(self.turn, self.availability)
        self.sessions = Sessions(self.common, self.transactions)
        version = kept["local_list_version"].get("version", 0)
        self.local_list = LocalList(self.common, kept["local_list"], version)
        salt = kept["cache_salt"]
        self.cache = TokenCache(self.turn, variables, kept["cache"], salt, new_id)
        self.authorization = Authorization(variables, config.offline, self.local_list, self.cache)
        self.authorization.on_conflict = lambda: self.telling.list_conflict(self.turn.now)
        self.smart_charging = SmartCharging(self.common, kept["profile"])
        self.reservations = Reservations(self.common, self.availability, kept["reservation"])
        self.availability.reserved = self.reservations.shows
        self.stopping = Stopping(self.common, self.sessions, self.authorization)
        self.access = Access(
            self.common,
            self.sessions,
            self.authorization,
            self.availability,
            self.smart_charging,
            self.reservations,
            self.stopping,
        )
        self.ledger = Ledger(self.common, self.sessions, self.authorization, kept["central_id"])

    def _make_limits(self, kept: Kept) -> None:
        """How much may be drawn, and why."""
        self.heat = Heat()
        self.phasing = Phasing(self.common)
        self.supply = Supply(self.common, kept["capacity"], kept["grid_relay"])
        self.limiting = Limiting(self.common, self.smart_charging, self.registrar, self.supply)
        self.outside = Outside(self.common, self.limiting, self.smart_charging, kept["outside"])
        self.smart_charging.external = self.outside.profiles
        self.rates = RateTelling(self.common, self.smart_charging, self.transactions)

    def _make_security(self, kept: Kept) -> None:
        """Whom we trust, who we are, and what happened to that."""
        most = self.common.config.security_events
        self.security_log = SecurityLog(self.turn, kept["security_log"], most)
        self.diagnostics = Diagnostics(self.common, kept["upload"], self.security_log)
        self.trust = Trust(self.common, kept["certificate"], kept["trust_seeded"])
        self.renewal = Renewal(
            self.common,
            kept["client_certificate"],
            kept["signing"],
            lambda: self.trust.pems(CertificateUse.CSMS_ROOT),
        )
        self.trust.is_ours = self.renewal.is_named
        self.security_profile = SecurityProfile(
            self.common, kept["security_profile"], self.trust, self.renewal
        )
        self.common.security_profile = lambda: self.security_profile.current
        self.network = Network(
            self.common, kept["network_profile"], kept["network"], self.security_profile
        )
        self.trust.migrates = lambda: self.network.migrates
        self.configuring = Configuring(self.common, self.security_profile, self.security_log)
        self.firmware = Firmware(self.common, kept["firmware"], self.trust)
        self.common.updating = self.availability.updating = lambda: self.firmware.keeps_out

    def _make_answers(self) -> None:
        """What is done or shown when somebody asks."""
        self.reporting = Reporting(self.common)
        self.resetting = Resetting(self.common, self.sessions)
        self.unlocking = Unlocking(self.common, self.sessions)
        self.vendors = Vendors(self.common)
        self.idle_values = IdleValues(self.common, self.metering)
        self.triggering = Triggering(
            self.common,
            self.registrar,
            self.telling,
            self.transactions,
            self.metering,
            lambda: self.readings.get("mains"),
            self.renewal.trigger,
            self.firmware.trigger,
            self.diagnostics.told_now,
        )
        self.screen = Screen(
            self.common,
            self.registrar,
            self.availability,
            self.supply,
            self.network,
            self.firmware,
        )

    def _pick_up(self, kept: Kept, registers_wh: Mapping[int, float]) -> None:
        """Settle what the last process left: cut-off transactions, stale sessions."""
        config = self.common.config
        most_w = config.max_current_a * config.phases * config.supply_voltage_v
        most_wh = most_w * UNSTORED_S / 3600
        for transaction in kept["transaction"].values():
            samples = tuple(
                sample
                for key, sample in sorted(kept["sample"].items())
                if key.startswith(f"{transaction.id}/")
            )
            register_wh = registers_wh.get(transaction.evse_id)
            self.transactions.resume(
                transaction, self.metering.fitting(samples), register_wh, most_wh
            )
        for key in kept["session"]:
            self.turn.forget("session", key)
        if kept["boot"]:
            self.turn.forget("boot", "reason")

    def _granted(self, evse: Evse) -> None:
        """Somebody's grant has become part of a transaction."""
        assert evse.grant is not None
        self.smart_charging.transaction_began(evse)
        self.reservations.used(evse.grant.reservation_id)

    # --- commands that concern several blocks -----------------------------------------------------

    def remote_start(self, command: m.RemoteStart) -> m.Reply:
        if self.resetting.pending is not None:
            return m.Reply(m.Outcome.REJECTED, "TxStarted", "the station is about to restart")
        return self.access.remote_start(command)

    def remote_stop(self, command: m.RemoteStop, central_ids: dict[str, int]) -> m.Reply:
        if not self.registrar.online:  # B02.FR.05, 1.6 section 4.2
            return m.Reply(m.Outcome.REJECTED, "CSNotAccepted", "not registered")
        return self.stopping.remote(command, central_ids)

    def note_security(self, seen: m.NoteSecurity) -> None:
        """Log a security event, and tell it (A04)."""
        if seen.type == "InvalidCsmsCertificate":
            self.trust.distrusted()
        self.turn.tell(m.SecurityEvent(seen.type, self.turn.now.utc, seen.tech_info))

    def store_failed(self, why: str) -> None:
        if why and not self.common.store_trouble:
            self.turn.note(f"the disk fails: {why}; no new sessions", level="error")
        self.common.store_trouble = why

    # --- the screen -------------------------------------------------------------------------------

    def snapshot(self, queued: int, url: str | None, why: str | None) -> Snapshot:
        return self.screen.snapshot(
            self.readings,
            self.ledger.central_ids,
            self.reservations,
            self.limiting.mode,
            queued,
            url,
            why,
        )


def _evse(config: StationConfig, evse_id: int, kept: Kept) -> Evse:
    own = next(each for each in config.evses if each.id == evse_id)
    register_wh = kept["register"].get(str(evse_id), 0.0)
    path = PowerPath(config.limits.min_a, own.most_phases)
    return Evse(own, path, register_wh=register_wh, wanted_phases=own.most_phases)
