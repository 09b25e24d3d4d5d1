"""Reports of the device model: the answer first, the parts of the report after it. B07, B08;
and how much may be asked of it at once: B06.FR.16, .17, B08.FR.17, .18."""

from __future__ import annotations

from collections.abc import Sequence

from chargepoint.core.common import Common
from chargepoint.core.messages import (
    ACCEPTED,
    GetBaseReport,
    GetReport,
    Outcome,
    Reply,
    ReportedVariable,
    ReportTold,
    Weigh,
)
from chargepoint.core.reports import inventory, parts, selection

LIMITS = "DeviceDataCtrlr"
MOST_PARTS = 50  # so many are on their way at most: a central system may be slow to take them


class Reporting:
    """Answers the requests for reports."""

    def __init__(self, common: Common) -> None:
        self._common = common
        self._parts = 0

    def link_up(self) -> None:
        """A new connection stands: what was on its way in the last one is lost."""
        self._parts = 0

    def told(self, told: ReportTold) -> None:
        """A part of a report has arrived, or never will."""
        self._parts = max(0, self._parts - 1)

    def weigh(self, command: Weigh) -> Reply:
        """Refuse what is larger than ItemsPerMessage and BytesPerMessage say."""
        variables = self._common.variables
        if command.items > variables.integer(LIMITS, "ItemsPerMessage", command.request):
            return Reply(Outcome.REJECTED, "TooManyElements", "too many items at once")
        if command.size_bytes > variables.integer(LIMITS, "BytesPerMessage", command.request):
            return Reply(Outcome.REJECTED, "TooLargeElement", "too long a message")
        return ACCEPTED

    def base(self, command: GetBaseReport) -> Reply:
        """B07: UNSUPPORTED for a report that we do not make."""
        reported = inventory(self._common.variables, command.base)
        if reported is None:
            return Reply(Outcome.UNSUPPORTED, "UnsupportedRequest", "no such report")
        return self._tell(command.request_id, reported)

    def selected(self, command: GetReport) -> Reply:
        """B08: as B07, unless there is nothing to report."""
        reported = selection(self._common.variables, command.criteria, command.wanted)
        if not reported:  # B08.FR.15
            return Reply(Outcome.UNKNOWN, "NotFound", "nothing is left to report")
        return self._tell(command.request_id, reported)

    def _tell(self, request_id: int, reported: Sequence[ReportedVariable]) -> Reply:
        if self._parts >= MOST_PARTS:  # B07.FR.13, B08.FR.16
            return Reply(Outcome.REJECTED, "OutOfMemory", "other reports are still on their way")
        turn = self._common.turn
        for part in parts(request_id, reported, turn.now.utc):
            turn.tell_anyway(part)
            self._parts += 1
        return ACCEPTED
