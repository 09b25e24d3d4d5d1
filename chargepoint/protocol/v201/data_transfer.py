"""Block P, data transfer: P01. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from chargepoint.core.messages import Outcome, Reply
from chargepoint.protocol.adapter import Payload
from chargepoint.protocol.v201.route import Answer, one, status


def _data_transfer(payload: Payload) -> Reply:
    """DataTransferRequest: we speak no vendor's extensions (P01.FR.05)."""
    return Reply(Outcome.UNKNOWN, info=f"no extension of {payload['vendorId']}")


ROUTES: Mapping[str, Answer] = {
    "DataTransfer": one(_data_transfer, status({Outcome.UNKNOWN: "UnknownVendorId"})),
}
