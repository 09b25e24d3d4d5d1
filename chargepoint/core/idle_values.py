"""Clock-aligned meter values of what has no transaction: idle EVSEs and the grid meter.

1.6 section 3.16.2; 2.0.1 J01.
"""

from __future__ import annotations

from chargepoint.core.common import Common
from chargepoint.core.messages import MeterValues
from chargepoint.core.metering import Metering
from chargepoint.core.words import Moment
from hardware.api import MeterReading

LISTS = "AlignedDataCtrlr", "Measurands"


class IdleValues:
    """Sends them when a border of the day's grid is crossed."""

    def __init__(self, common: Common, metering: Metering) -> None:
        self._common = common
        self._metering = metering

    def tick(self, grid: MeterReading | None) -> None:
        """Send what is due; offline ones are dropped."""
        common, metering = self._common, self._metering
        at = metering.idle_due(common.now)
        if at is None or self._withheld():
            return
        on_grid = Moment(at, common.now.s)
        told = [
            MeterValues(evse.id, metering.sample(*LISTS, evse, "Sample.Clock", on_grid))
            for evse in common.evses.values()
            if evse.transaction is None
        ]
        if grid is not None:
            sample = metering.grid_sample(*LISTS, grid, "Sample.Clock", on_grid)
            told.append(MeterValues(0, sample))
        for each in told:
            if each.sample.values:
                common.turn.tell(each)

    def _withheld(self) -> bool:
        """Return whether a transaction anywhere silences all of them (J01.FR.20)."""
        busy = any(evse.transaction is not None for evse in self._common.evses.values())
        return busy and self._common.variables.flag("AlignedDataCtrlr", "SendDuringIdle")
