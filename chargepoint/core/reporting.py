"""Reports of the device model: the answer first, the parts of the report after it. B07, B08."""

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
)
from chargepoint.core.reports import inventory, parts, selection


class Reporting:
    """Answers the requests for reports."""

    def __init__(self, common: Common) -> None:
        self._common = common

    def base(self, command: GetBaseReport) -> Reply:
        """B07: UNSUPPORTED for a report that we do not make."""
        reported = inventory(self._common.variables, command.base)
        if reported is None:
            return Reply(Outcome.UNSUPPORTED, "UnsupportedRequest", "no such report")
        return self._tell(command.request_id, reported)

    def selected(self, command: GetReport) -> Reply:
        """B08: as B07, unless there is nothing to report, or too much is asked (B08.FR.17)."""
        variables = self._common.variables
        most = variables.integer("DeviceDataCtrlr", "ItemsPerMessage", "GetReport")
        if len(command.wanted) > most:
            return Reply(Outcome.REJECTED, "TooManyElements", "too many variables at once")
        reported = selection(variables, command.criteria, command.wanted)
        if not reported:  # B08.FR.15
            return Reply(Outcome.UNKNOWN, "NotFound", "nothing is left to report")
        return self._tell(command.request_id, reported)

    def _tell(self, request_id: int, reported: Sequence[ReportedVariable]) -> Reply:
        turn = self._common.turn
        for part in parts(request_id, reported, turn.now.utc):
            turn.tell_anyway(part)
        return ACCEPTED
