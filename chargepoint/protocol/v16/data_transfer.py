"""DataTransfer, in both directions: 1.6 sections 4.3 and 5.6. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from chargepoint.core.config import StationIdentity
from chargepoint.core.messages import (
    Command,
    Outcome,
    Reply,
    VendorCall,
    VendorData,
    VendorDataAnswered,
    VendorReply,
)
from chargepoint.protocol.adapter import Call, Payload
from chargepoint.protocol.fields import required
from chargepoint.protocol.v16.route import Route, Telling

STATUS_WORDS: Mapping[Outcome, str] = {
    Outcome.ACCEPTED: "Accepted",
    Outcome.UNKNOWN: "UnknownVendorId",
    Outcome.UNSUPPORTED: "UnknownMessageId",
}


def _asked(payload: Payload) -> Command:
    """DataTransfer.req."""
    return VendorCall(payload["vendorId"], payload.get("messageId", ""), payload.get("data"))


def _said(reply: Reply) -> Payload:
    """DataTransfer.conf, section 6.18: data only comes with Accepted or Rejected."""
    status = STATUS_WORDS.get(reply.outcome, "Rejected")
    data = reply.data if isinstance(reply, VendorReply) else None
    return {"status": status} | _data(data)


def _call(event: VendorData, _: StationIdentity, __: int | None) -> Call:
    """DataTransfer.req, section 6.17."""
    named = {"messageId": event.message_id} if event.message_id else {}
    return Call("DataTransfer", {"vendorId": event.vendor_id} | named | _data(event.data))


def _answered(event: VendorData, payload: Payload, _: int) -> VendorDataAnswered:
    return VendorDataAnswered(event, required(payload, "status", str), payload.get("data"))


def _data(data: Any) -> Payload:
    """Return the field: a text in 1.6, so that anything else is the JSON of it."""
    if data is None:
        return {}
    return {"data": data if isinstance(data, str) else json.dumps(data)}


ROUTES: Mapping[str, Route] = {"DataTransfer": Route(_asked, _said)}
TELLINGS: Mapping[type, Telling] = {VendorData: Telling(_call, _answered, VendorDataAnswered)}
