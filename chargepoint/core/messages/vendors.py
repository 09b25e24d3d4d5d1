"""Vendors' own messages: 1.6 sections 4.3 and 5.6, 2.0.1 P01 and P02."""

from __future__ import annotations

from typing import Any

from chargepoint.core.messages.events import VendorData
from chargepoint.core.messages.replies import Outcome, Reply
from chargepoint.core.values import dataclass


@dataclass(frozen=True, slots=True)
class VendorCall:
    """The central system asks a vendor's extension. Always Later, then a VendorReply:
    ACCEPTED, REJECTED, UNKNOWN (the vendor), UNSUPPORTED (the message)."""

    vendor_id: str
    message_id: str = ""
    data: Any = None


@dataclass(frozen=True, slots=True)
class VendorReply(Reply):
    """*data* is what the extension says, anything that JSON can say; None is nothing."""

    data: Any = None


@dataclass(frozen=True, slots=True)
class VendorAnswered:
    """The extension has answered AskVendor, or has failed to."""

    ticket: int
    outcome: Outcome
    data: Any = None


@dataclass(frozen=True, slots=True)
class SendVendorData:
    """Tell the central system something in a vendor's own words. CONFLICT while offline:
    nothing of this waits."""

    vendor_id: str
    message_id: str = ""
    data: Any = None


@dataclass(frozen=True, slots=True)
class VendorDataAnswered:
    """What the central system says to it; *status* is its word, empty for no answer."""

    event: VendorData
    status: str = ""
    data: Any = None


VendorOrder = VendorCall | VendorAnswered | SendVendorData | VendorDataAnswered
