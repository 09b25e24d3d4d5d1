"""Logs on their way to the central system: one at a time, tried again, told how it goes.

1.6 sections 4.4 and 5.9 (GetDiagnostics); security white paper and 2.0.1 N01 (GetLog). What an
interrupted process had accepted is taken up by the next one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from chargepoint.core.common import Common
from chargepoint.core.messages import (
    DropLog,
    GetLog,
    LogKind,
    LogReply,
    LogSent,
    LogStatus,
    Outcome,
    Reply,
    SendLog,
    UploadStatus,
)
from chargepoint.core.security_log import SecurityLog
from chargepoint.core.values import dataclass
from chargepoint.core.words import TransferFault

RETRIES, INTERVAL_S = 2, 60  # where the central system leaves it to us
SHORTEST_S = 1.0
FEATURE = "FirmwareManagement"  # 1.6's profile that GetDiagnostics belongs to
UPLOAD = "upload"
SUFFIX = {LogKind.DIAGNOSTICS: "tar.gz", LogKind.SECURITY: "log"}

# N01.FR.10: as precise as the words allow.
STATUSES = {
    TransferFault.BAD_LOCATION: UploadStatus.BAD_MESSAGE,
    TransferFault.UNSUPPORTED: UploadStatus.NOT_SUPPORTED_OPERATION,
    TransferFault.DENIED: UploadStatus.PERMISSION_DENIED,
}


@dataclass(frozen=True, slots=True)
class Upload:
    """A log that was promised. *left* attempts may still follow the one under way."""

    kind: LogKind
    location: str
    filename: str
    request_id: int | None
    oldest: datetime | None
    latest: datetime | None
    left: int
    interval_s: int

    def __repr__(self) -> str:
        return f"Upload({self.filename}, ...)"


class Diagnostics:
    """The one log that is on its way, if any, and the statuses nobody has heard yet."""

    def __init__(self, common: Common, kept: Mapping[str, Upload], log: SecurityLog) -> None:
        self._common = common
        self._upload = kept.get(UPLOAD)
        self._security_log = log
        self._number = 0
        self._began_s = common.now.s
        self._again = self._upload is not None
        self._due_s: float | None = common.now.s if self._again else None
        self._untold: list[LogStatus] = []

    def get(self, command: GetLog) -> Reply:
        """Promise a log, in place of another that is on its way: N01.FR.01, .05, .12."""
        if command.request_id is None and not self._common.offers("", FEATURE):
            return Reply(Outcome.UNSUPPORTED, info=f"{FEATURE} is switched off")
        oldest, latest = command.oldest, command.latest
        if not self._holds(command):
            return LogReply(Outcome.REJECTED, "NotFound", "there is no log of that time")
        replaced = self._upload
        if replaced is not None:
            self._tell(UploadStatus.ACCEPTED_CANCELED)  # N01.FR.20
        self._upload = Upload(
            command.kind,
            command.location,
            self._filename(command.kind),
            command.request_id,
            oldest,
            latest,
            _given(command.retries, RETRIES, 0),
            _given(command.retry_interval_s, INTERVAL_S, 0),
        )
        self._keep()
        self._tell(UploadStatus.UPLOADING)
        self._again = False
        self._start()
        outcome = Outcome.ACCEPTED_CANCELED if replaced is not None else Outcome.ACCEPTED
        return LogReply(outcome, filename=self._upload.filename)

    def sent(self, news: LogSent) -> None:
        """An attempt has ended: well, or with another to follow, or for good."""
        if news.number != self._number or self._upload is None or self._due_s is not None:
            return  # of an upload that was replaced
        if news.fault is None:
            self._end(UploadStatus.UPLOADED, "sent", "info")
        elif not self._upload.left:
            status = STATUSES.get(news.fault, UploadStatus.UPLOAD_FAILURE)
            self._end(status, f"not sent: {news.why}", "warning")
        else:
            self._common.turn.note(
                f"{self._upload.filename} not sent, trying again: {news.why}", level="warning"
            )
            self._again = True
            due_s = self._began_s + self._upload.interval_s  # 2.0.1 part 6, TC_N_26_CS
            self._due_s = max(due_s, self._common.now.s + SHORTEST_S)
            self._upload = replace(self._upload, left=self._upload.left - 1)
            self._keep()

    def tick(self) -> None:
        """Begin the next attempt when it is due and somebody listens; tell what was held back."""
        if not self._common.online:
            return
        for each in self._untold:
            self._common.turn.tell(each)
        self._untold.clear()
        if self._due_s is not None and self._common.now.s >= self._due_s:
            self._start()

    def told_now(self, diagnostics: bool) -> None:
        """Say how it goes, because a trigger asks: Idle when nothing is on its way."""
        upload = self._upload
        if upload is None or (upload.request_id is None) is not diagnostics:
            status = LogStatus(UploadStatus.IDLE, diagnostics=diagnostics)
        else:
            status = LogStatus(UploadStatus.UPLOADING, upload.request_id, diagnostics)
        self._common.turn.tell_anyway(status)

    # --- the pieces -------------------------------------------------------------------------

    def _holds(self, command: GetLog) -> bool:
        """Return whether there is anything of that time; the status of now always is."""
        if command.oldest and command.latest and command.latest < command.oldest:
            return False
        events = self._security_log.between(command.oldest, command.latest)
        return command.kind is LogKind.DIAGNOSTICS or bool(events)

    def _start(self) -> None:
        assert self._upload is not None
        each = self._upload
        self._number += 1
        self._began_s = self._common.now.s
        self._due_s = None
        place = each.location, each.filename
        span = each.oldest, each.latest
        self._common.turn.do(SendLog(self._number, each.kind, *place, *span, self._again))

    def _end(self, status: UploadStatus, what: str, level: str) -> None:
        assert self._upload is not None
        self._common.turn.note(f"{self._upload.filename} {what}", level=level)
        self._tell(status)
        self._upload = None
        self._common.turn.forget(UPLOAD, UPLOAD)
        self._common.turn.do(DropLog())

    def _tell(self, status: UploadStatus) -> None:
        assert self._upload is not None
        request_id = self._upload.request_id
        told = LogStatus(status, request_id, diagnostics=request_id is None)
        if self._common.online:
            self._common.turn.tell(told)
        else:
            self._untold.append(told)

    def _keep(self) -> None:
        self._common.turn.keep(UPLOAD, UPLOAD, self._upload)

    def _filename(self, kind: LogKind) -> str:
        """Return a name that no other log of this station has: N01.FR.01."""
        station = "".join(c if c.isalnum() or c in "-_" else "_" for c in self._identity)
        what = "diagnostics" if kind is LogKind.DIAGNOSTICS else "security"
        at = f"{self._common.now.utc:%Y%m%dT%H%M%S.%f}"[:-3]
        return f"{what}-{station}-{at}Z.{SUFFIX[kind]}"

    @property
    def _identity(self) -> str:
        return self._common.config.identity.id


def _given(value: int | None, ours: int, least: int) -> int:
    return ours if value is None else max(value, least)
