"""Why a transfer failed: for people a sentence, for the core a kind."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager

from chargepoint.core.words import TransferFault
from chargepoint.errors import ChargePointError

FULL = frozenset({errno.ENOSPC, errno.EDQUOT})


class TransferError(ChargePointError):
    """A file did not arrive. The sentence holds no password; *fault* tells what to do."""

    def __init__(self, fault: TransferFault, why: str) -> None:
        super().__init__(why)
        self.fault = fault


def failed(why: str) -> TransferError:
    """Return the failure that another attempt may mend."""
    return TransferError(TransferFault.FAILED, why)


def denied(why: str) -> TransferError:
    """Return the failure of those who may not."""
    return TransferError(TransferFault.DENIED, why)


class Stale(TransferError):
    """What we have of the file is of another version than the server has now: begin anew."""

    def __init__(self) -> None:
        super().__init__(TransferFault.FAILED, "the file on the server has changed")


@contextmanager
def on_our_disk() -> Iterator[None]:
    """Say of trouble in the block that our own disk is at fault: full, or failing."""
    try:
        yield
    except OSError as error:
        if error.errno in FULL:
            raise TransferError(TransferFault.NO_ROOM, "the disk is full") from error
        raise failed(f"the disk fails: {error.strerror or error}") from error
