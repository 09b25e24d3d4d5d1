"""TriggerMessage: say something now that would be said later. One row a message.

1.6 section 5.17, errata 3.35; 2.0.1 F06. The answer goes first, the message after it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from chargepoint.core.common import Common
from chargepoint.core.evse import Evse
from chargepoint.core.messages import (
    ACCEPTED,
    MeterValues,
    Outcome,
    Reply,
    TriggerMessage,
)
from chargepoint.core.metering import Metering
from chargepoint.core.registration import Registrar
from chargepoint.core.telling import StatusTelling
from chargepoint.core.transactions import Transactions
from hardware.api import MeterReading

NOTHING_MEASURED = Reply(Outcome.REJECTED, "NotEnabled", "nothing of what is listed is measured")
UNKNOWN = Reply(Outcome.REJECTED, "UnknownEvse", "there is no such EVSE or connector")


class Triggering:
    """Answers TriggerMessage and sends what it asks for."""

    def __init__(
        self,
        common: Common,
        registrar: Registrar,
        telling: StatusTelling,
        transactions: Transactions,
        metering: Metering,
        grid: Callable[[], MeterReading | None],
        renew: Callable[[], Reply],
        firmware: Callable[[TriggerMessage], Reply],
        log_status: Callable[[bool], None],
    ) -> None:
        self._common = common
        self._registrar = registrar
        self._telling = telling
        self._transactions = transactions
        self._metering = metering
        self._grid = grid
        self._log_status = log_status
        self._rows: Mapping[str, Callable[[TriggerMessage], Reply]] = {
            "BootNotification": lambda _: registrar.trigger_boot(),
            "Heartbeat": self._heartbeat,
            "StatusNotification": self._status,
            "MeterValues": self._meter_values,
            "TransactionEvent": self._transaction_event,
            "DiagnosticsStatusNotification": self._log,
            "FirmwareStatusNotification": firmware,
            "LogStatusNotification": self._log,
            "SignedFirmwareStatusNotification": firmware,
            "SignChargingStationCertificate": lambda _: renew(),
        }

    def trigger(self, command: TriggerMessage) -> Reply:
        """ACCEPTED, REJECTED (not now, no such connector), UNSUPPORTED (NotImplemented)."""
        row = self._rows.get(command.message)
        known = command.message in self._common.dialect.triggers
        if row is None or not known or self._is_off(command):
            return Reply(Outcome.UNSUPPORTED, "UnsupportedRequest", "that cannot be triggered")
        return row(command)

    def _is_off(self, command: TriggerMessage) -> bool:
        """Return whether the feature profile was left out (1.6 section 9.1.29)."""
        lists = self._common.dialect.lists_features and not command.extended
        return lists and not self._common.offers("", "RemoteTrigger")

    def _heartbeat(self, _: TriggerMessage) -> Reply:
        self._registrar.heartbeat_now(self._common.now)
        return ACCEPTED

    def _log(self, command: TriggerMessage) -> Reply:
        self._log_status(command.message == "DiagnosticsStatusNotification")
        return ACCEPTED

    def _status(self, command: TriggerMessage) -> Reply:
        common = self._common
        places = self._telling.current(common.evses, common.dialect, common.now)
        if command.evse_id is not None:
            if common.dialect.triggers_need_connector and command.connector_id is None:
                return Reply(Outcome.REJECTED, "MissingParam", "which connector?")  # F06.FR.12
            place = (command.evse_id, command.connector_id or min(command.evse_id, 1))
            if place not in places:
                return UNKNOWN
            places = {place: places[place]}
        elif common.dialect.triggers_need_connector:
            return Reply(Outcome.REJECTED, "MissingParam", "which connector?")
        self._telling.tell_again(places.values())
        return ACCEPTED

    def _meter_values(self, command: TriggerMessage) -> Reply:
        chosen = self._chosen(command)
        if chosen is None:
            return UNKNOWN
        lists = (
            ("AlignedDataCtrlr", "Measurands")
            if self._common.dialect.triggers_aligned_values
            else ("SampledDataCtrlr", "TxUpdatedMeasurands")
        )
        now, grid = self._common.now, self._grid()
        told = []
        for evse in chosen:
            sample = self._metering.sample(*lists, evse, "Trigger", now)
            running = evse.transaction.id if evse.transaction is not None else None
            told.append(MeterValues(evse.id, sample, running))
        if not command.evse_id and grid is not None:
            told.append(MeterValues(0, self._metering.grid_sample(*lists, grid, "Trigger", now)))
        told = [each for each in told if each.sample.values]
        for each in told:
            self._common.turn.tell_anyway(each)
        return ACCEPTED if told else NOTHING_MEASURED

    def _transaction_event(self, command: TriggerMessage) -> Reply:
        chosen = self._chosen(command)
        if chosen is None:
            return UNKNOWN
        told = [self._transactions.tell_now(evse, self._common.now) for evse in chosen]
        if any(told):
            return ACCEPTED
        return Reply(Outcome.REJECTED, "TxNotFound", "no transaction is running there")

    def _chosen(self, command: TriggerMessage) -> list[Evse] | None:
        """Return the EVSEs that the command concerns; None when it names one we lack."""
        if command.evse_id is None:
            return list(self._common.evses.values())
        if command.evse_id == 0:
            return []
        evse = self._common.evses.get(command.evse_id)
        return [evse] if evse is not None else None
