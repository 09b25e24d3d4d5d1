"""The snapshot: everything a screen shows, from the same facts that decide."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from datetime import datetime
from math import inf, isfinite

from chargepoint.core.availability import Availability
from chargepoint.core.common import Common, masked
from chargepoint.core.evse import Evse
from chargepoint.core.firmware import Firmware
from chargepoint.core.firmware_update import shown
from chargepoint.core.messages import Note
from chargepoint.core.network import Network
from chargepoint.core.registration import Registrar
from chargepoint.core.reservations import Reservation
from chargepoint.core.snapshot import (
    ConnectorShown,
    EvseShown,
    LimitShown,
    MeterShown,
    MetersShown,
    NetworkShown,
    OcppShown,
    ReservationShown,
    Snapshot,
    SwitchesShown,
)
from chargepoint.core.supply import Supply
from chargepoint.core.words import ChargingState
from hardware.api import MeterReading
from profiles.limits import Limit, tightness
from profiles.staleness import BELIEVED

NOTES_SHOWN = 50


class Screen:
    """Remembers the last sentences and draws the snapshot."""

    def __init__(
        self,
        common: Common,
        registrar: Registrar,
        availability: Availability,
        supply: Supply,
        network: Network,
        firmware: Firmware,
    ) -> None:
        self._common = common
        self._network = network
        self._firmware = firmware
        self._supply = supply
        self._registrar = registrar
        self._availability = availability
        self._notes: deque[Note] = deque(maxlen=NOTES_SHOWN)

    def saw(self, notes: tuple[Note, ...]) -> None:
        """Remember what was said to people."""
        self._notes.extend(notes)

    def snapshot(
        self,
        readings: Mapping[str, MeterReading],
        central_ids: Mapping[str, int],
        reservations: Iterable[Reservation],
        mode: str,
        queued: int,
        url: str | None,
        why: str | None,
    ) -> Snapshot:
        """Return what is now. *readings* are by meter role."""
        config = self._common.config
        evses = self._common.evses.values()
        return Snapshot(
            ready=all(evse.sensed is not None for evse in evses),
            station_id=config.identity.id,
            vendor=config.identity.vendor,
            model=config.identity.model,
            firmware_version=config.identity.firmware_version,
            mode=mode,
            availability="Operative" if self._availability.station_operative() else "Inoperative",
            ocpp=self._ocpp(queued, url, why),
            evses=tuple(self._evse(evse, central_ids) for evse in evses),
            meters=self._meters(readings),
            warnings=self._warnings(),
            events=tuple((_time(note.at), note.text, note.evse_id) for note in self._notes),
            reservations=tuple(_reservation(each) for each in reservations),
            capacity=self._supply.capacity.shown(),
            grid_limit_w=self._supply.dimming.limit_w,
            firmware=shown(self._firmware.last) if self._firmware.last is not None else None,
        )

    def _warnings(self) -> tuple[str, ...]:
        common, warnings = self._common, []
        if common.store_trouble:
            warnings.append(f"disk: {common.store_trouble}")
        unsafe = common.security_profile() == 0 and common.config.has_central
        if unsafe and common.dialect.warns_without_security:
            warnings.append("security profile 0: for test benches only")
        for evse in common.evses.values():
            if evse.second_missing:
                warnings.append(f"EVSE {evse.id}: the second contactor does not close")
            if evse.bay_unseen:
                warnings.append(f"EVSE {evse.id}: its board has no bay sensor")
        return (*warnings, *self._supply.warnings())

    def _ocpp(self, queued: int, url: str | None, why: str | None) -> OcppShown:
        registrar = self._registrar
        return OcppShown(
            version=registrar.dialect_name,
            connected=registrar.connected,
            registration=registrar.status,
            queued=queued,
            url=url,
            why=None if registrar.connected else why,
            network=self._ways() if self._common.config.has_central else None,
        )

    def _ways(self) -> NetworkShown:
        network = self._network
        return NetworkShown(
            slot=network.way.slot,
            security_profile=network.level,
            attempt=network.attempt,
            attempts=network.attempts,
            order=network.order,
        )

    def _meters(self, readings: Mapping[str, MeterReading]) -> MetersShown:
        config = self._common.config
        station = {role: self._meter(role, readings.get(role)) for role in config.meter_roles}
        roles = {str(evse_id): f"evse/{evse_id}" for evse_id in sorted(config.metered_evses)}
        return MetersShown(
            mains=station.get("mains"),
            circuit=station.get("circuit"),
            battery=station.get("battery"),
            evse={number: self._meter(role, readings.get(role)) for number, role in roles.items()},
        )

    def _evse(self, evse: Evse, central_ids: Mapping[str, int]) -> EvseShown:
        transaction, grant, fault = evse.transaction, evse.grant, evse.fault
        reading = evse.reading
        words = self._common.dialect.status_words
        return EvseShown(
            id=evse.id,
            connectors=tuple(
                ConnectorShown(number, words[self._availability.status(evse, number)])
                for number in range(1, evse.config.connectors + 1)
            ),
            plugged_in=evse.connected,
            charging=evse.charging_state is ChargingState.CHARGING,
            offer_a=evse.path.offer_a,
            limits=tuple(
                LimitShown(limit.source, limit.limit_a, limit.phases, _until(limit))
                for limit in sorted(evse.limits, key=tightness)
                if isfinite(limit.limit_a)
            ),
            binding=evse.binding.source,
            energy_wh=evse.register_wh,
            transaction_id=transaction.id if transaction is not None else None,
            central_id=central_ids.get(transaction.id) if transaction is not None else None,
            id_token=masked(grant.token) if grant is not None else None,
            session=evse.state,
            phases=evse.phases,
            power_w=reading.power_w if reading is not None else None,
            fault=f"{fault.code} {fault.info}".strip() if fault is not None else None,
            phases_used=evse.phases_used,
            phases_because=evse.phases_because or None,
            switches=SwitchesShown(evse.path.closings, evse.path.changes),
        )

    def _meter(self, role: str, reading: MeterReading | None) -> MeterShown:
        if reading is None:
            trust = self._supply.trust(role, inf)
            return MeterShown(None, None, None, None, None, None, stale=True, trust=trust)
        age_s = max(0.0, self._common.now.s - reading.at_s)
        trust = self._supply.trust(role, age_s)
        return MeterShown(
            currents_a=reading.currents_a,
            voltages_v=reading.voltages_v,
            power_w=reading.power_w,
            import_wh=reading.energy_wh,
            export_wh=reading.export_wh,
            age_s=round(age_s, 1),
            stale=trust not in BELIEVED,
            trust=trust,
        )


def _reservation(each: Reservation) -> ReservationShown:
    return ReservationShown(
        id=each.id,
        evse_id=each.evse_id,
        connector_type=each.connector_type,
        id_token=masked(each.token),
        until=_time(each.expires_at),
    )


def _time(at: datetime) -> str:
    return at.isoformat(timespec="seconds")


def _until(limit: Limit) -> str | None:
    return None if limit.until_at is None else _time(limit.until_at)
