"""How a command went."""

from __future__ import annotations

from enum import StrEnum

from chargepoint.core.values import dataclass


class Outcome(StrEnum):
    """How a command went, in words that both versions' statuses are mapped from."""

    ACCEPTED = "accepted"
    ACCEPTED_CANCELED = "accepted, what ran is canceled"
    REJECTED = "rejected"
    SCHEDULED = "scheduled"
    REBOOT_REQUIRED = "reboot required"
    UNKNOWN = "unknown"  # the thing named does not exist: key, profile, message
    UNKNOWN_COMPONENT = "unknown component"
    UNKNOWN_EVSE = "unknown evse"
    UNSUPPORTED = "unsupported"  # the attribute, the message, the feature
    UNLOCKED = "unlocked"
    UNLOCK_FAILED = "unlock failed"
    TX_ONGOING = "transaction ongoing"
    INVALID_CERTIFICATE = "invalid certificate"
    VERSION_MISMATCH = "version mismatch"
    OCCUPIED = "occupied"
    FAULTED = "faulted"
    FAILED = "failed"  # it is allowed, and did not work
    UNAVAILABLE = "unavailable"
    CONFLICT = "conflict"  # impossible in this state, for local commands (HTTP 409)


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer to a command; *reason* is a 2.0.1 reason code, *info* a sentence."""

    outcome: Outcome
    reason: str = ""
    info: str = ""


@dataclass(frozen=True, slots=True)
class Later:
    """The answer comes with this ticket in a later Batch."""

    ticket: int


ACCEPTED = Reply(Outcome.ACCEPTED)
