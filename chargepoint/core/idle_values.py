"""Clock-aligned meter values of what has no transaction: idle EVSEs and the grid meter.

1.6 section 3.16.2; 2.0.1 J01.
"""

from __future__ import annotations

from chargepoint.core.common import Common
from chargepoint.core.messages import MeterValues
from chargepoint.core.metering import Metering
from hardware.api import MeterReading

LISTS = "AlignedDataCtrlr", "Measurands"


class IdleValues:
    """Sends them when a border of the day's grid is crossed."""

    def __init__(self, common: Common, metering: Metering) -> None:
        self._common = common
        self._metering = metering

    def tick(self, grid: MeterReading | None) -> None:
        """Send what is due; offline ones are dropped."""
        common, now = self._common, self._common.now
        evses = common.evses.values()
        only_idle = common.variables.flag("AlignedDataCtrlr", "SendDuringIdle")
        for evse in evses:
            due = self._metering.idle_due(str(evse.id), now)
            if due and evse.transaction is None:
                sample = self._metering.sample(*LISTS, evse, "Sample.Clock", now)
                if sample.values:
                    common.turn.tell(MeterValues(evse.id, sample))
        due = self._metering.idle_due("grid", now)
        busy = any(evse.transaction is not None for evse in evses)
        if due and grid is not None and not (only_idle and busy):  # J01.FR.19, .20
            sample = self._metering.grid_sample(*LISTS, grid, "Sample.Clock", now)
            if sample.values:
                common.turn.tell(MeterValues(0, sample))
