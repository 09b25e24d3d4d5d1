"""Who is at fault, and does retrying help?

ChargePointError
├── SettingsError   the installer: fix the file (exit 78, the message names the key)
├── WireError       the central system: bad payload -> CALLERROR with its code
├── LinkError       the network: retry with back-off
├── StoreError      the disk: keep charging, refuse new sessions
├── TransferError   a file did not arrive: its fault says whether to try again (transfer/)
└── InstallError    new firmware is not in place: the old one goes on (transfer/)
"""

from __future__ import annotations

from enum import Enum


class ChargePointError(Exception):
    """Whatever this program raises on purpose."""


class SettingsError(ChargePointError):
    """A mistake in the configuration; the message names the key and what is allowed."""


class LinkError(ChargePointError):
    """No connection, or it broke: try again later."""


class StoreError(ChargePointError):
    """The disk did not take, or did not give back, what was asked of it."""


class ErrorCode(Enum):
    """CALLERROR codes by meaning; each version spells them in its own table."""

    NOT_IMPLEMENTED = "action unknown"
    NOT_SUPPORTED = "action known, not offered"
    INTERNAL_ERROR = "the receiver failed"
    PROTOCOL_ERROR = "payload does not conform to the protocol"
    SECURITY_ERROR = "refused for security"
    FORMAT_VIOLATION = "payload syntactically wrong"
    PROPERTY_CONSTRAINT = "illegal value"
    OCCURRENCE_CONSTRAINT = "missing, or too many"
    TYPE_CONSTRAINT = "wrong type"
    GENERIC_ERROR = "anything else"
    RPC_FRAMEWORK_ERROR = "not an RPC message"
    MESSAGE_TYPE_NOT_SUPPORTED = "unknown message type number"


class WireError(ChargePointError):
    """A CALL that gets a CALLERROR: *code*, and a short *description* without secrets."""

    def __init__(self, code: ErrorCode, description: str = "") -> None:
        super().__init__(f"{code.name}: {description}")
        self.code = code
        self.description = description
