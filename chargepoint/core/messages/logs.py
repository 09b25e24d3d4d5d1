"""Logs that the central system asks for: the order, the chores it makes, and what is told."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from chargepoint.core.messages.replies import Reply
from chargepoint.core.values import dataclass
from chargepoint.core.words import TransferFault


class LogKind(StrEnum):
    """LogEnumType."""

    DIAGNOSTICS = "DiagnosticsLog"
    SECURITY = "SecurityLog"


class UploadStatus(StrEnum):
    """UploadLogStatusEnumType of 2.0.1; AcceptedCanceled is unknown to 1.6."""

    IDLE = "Idle"
    UPLOADING = "Uploading"
    UPLOADED = "Uploaded"
    UPLOAD_FAILURE = "UploadFailure"
    BAD_MESSAGE = "BadMessage"
    NOT_SUPPORTED_OPERATION = "NotSupportedOperation"
    PERMISSION_DENIED = "PermissionDenied"
    ACCEPTED_CANCELED = "AcceptedCanceled"


@dataclass(frozen=True, slots=True)
class GetLog:
    """Send a log of the time from *oldest* to *latest* to *location*.

    *request_id* None is 1.6's GetDiagnostics. *retries* and *retry_interval_s* None are
    for us to decide. ACCEPTED, ACCEPTED_CANCELED (another upload ends for it), REJECTED (there is
    nothing of that time), UNSUPPORTED; the answer is a LogReply.
    """

    kind: LogKind
    location: str
    request_id: int | None = None
    oldest: datetime | None = None
    latest: datetime | None = None
    retries: int | None = None
    retry_interval_s: int | None = None

    def __repr__(self) -> str:
        return f"GetLog({self.kind.value}, ...)"


@dataclass(frozen=True, slots=True)
class LogReply(Reply):
    """*filename* of what will be sent."""

    filename: str = ""


@dataclass(frozen=True, slots=True)
class SendLog:
    """Make the log, where it is not made yet, and send it; report LogSent with *number*. What
    is being sent ends. *again*: a former attempt with the same file has failed."""

    number: int
    kind: LogKind
    location: str
    filename: str
    oldest: datetime | None
    latest: datetime | None
    again: bool

    def __repr__(self) -> str:
        return f"SendLog({self.filename}, ...)"


@dataclass(frozen=True, slots=True)
class DropLog:
    """The log that was made is needed no more; what is being sent ends."""


@dataclass(frozen=True, slots=True)
class LogSent:
    """How attempt *number* ended: *fault* None is well, *why* a sentence without secrets."""

    number: int
    fault: TransferFault | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class LogStatus:
    """LogStatusNotification; without *request_id* 1.6's DiagnosticsStatusNotification, or
    the idle answer to a trigger (*diagnostics* says which)."""

    status: UploadStatus
    request_id: int | None = None
    diagnostics: bool = False


LogOrder = GetLog | LogSent
LogChore = SendLog | DropLog
