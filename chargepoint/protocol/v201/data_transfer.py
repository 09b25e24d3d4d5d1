"""Block P, data transfer, in both directions: P01, P02. Pure."""

from __future__ import annotations

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
from chargepoint.protocol.v201.route import Answer, Telling, one, status

STATUS = status(
    {
        Outcome.ACCEPTED: "Accepted",
        Outcome.UNKNOWN: "UnknownVendorId",
        Outcome.UNSUPPORTED: "UnknownMessageId",
    }
)


def _asked(payload: Payload) -> Command:
    """DataTransferRequest."""
    return VendorCall(payload["vendorId"], payload.get("messageId", ""), payload.get("data"))


def _said(reply: Reply) -> Payload:
    """DataTransferResponse; *data* without specified length or format (P01.FR.02)."""
    data = reply.data if isinstance(reply, VendorReply) else None
    return STATUS(reply) | _data(data)


def _call(event: VendorData, _: StationIdentity) -> Call:
    """DataTransferRequest of ours, P02."""
    named = {"messageId": event.message_id} if event.message_id else {}
    return Call("DataTransfer", {"vendorId": event.vendor_id} | named | _data(event.data))


def _answered(event: VendorData, payload: Payload, _: int) -> VendorDataAnswered:
    return VendorDataAnswered(event, required(payload, "status", str), payload.get("data"))


def _data(data: Any) -> Payload:
    return {} if data is None else {"data": data}


ROUTES: Mapping[str, Answer] = {"DataTransfer": one(_asked, _said)}
TELLINGS: Mapping[type, Telling] = {VendorData: Telling(_call, _answered, VendorDataAnswered)}
