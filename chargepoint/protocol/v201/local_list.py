"""Block D, the local authorization list. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping

from chargepoint.core.messages import (
    Command,
    GetListVersion,
    ListReply,
    Outcome,
    Reply,
    SendLocalList,
)
from chargepoint.protocol.adapter import Payload
from chargepoint.protocol.fields import meaning
from chargepoint.protocol.v201.fields import token, token_info
from chargepoint.protocol.v201.route import Answer, one, status

UPDATE_TYPES: Mapping[str, bool] = {"Full": True, "Differential": False}  # is it full?
NO_LIST = 0  # D02.FR.02, .03


def _send(payload: Payload) -> Command:
    """SendLocalListRequest, D01. An entry without idTokenInfo is a deletion."""
    return SendLocalList(
        version=payload["versionNumber"],
        full=meaning(UPDATE_TYPES, payload["updateType"], "updateType"),
        entries=tuple(
            (
                token(entry["idToken"]),
                token_info(entry["idTokenInfo"]) if "idTokenInfo" in entry else None,
            )
            for entry in payload.get("localAuthorizationList", ())
        ),
        size_bytes=len(json.dumps(payload)),
    )


def _version(reply: Reply) -> Payload:
    """GetLocalListVersionResponse, D02."""
    return {"versionNumber": reply.version if isinstance(reply, ListReply) else NO_LIST}


ROUTES: Mapping[str, Answer] = {
    "GetLocalListVersion": one(lambda _: GetListVersion(), _version),
    "SendLocalList": one(
        _send,
        status(
            {Outcome.ACCEPTED: "Accepted", Outcome.VERSION_MISMATCH: "VersionMismatch"},
            otherwise="Failed",
            reasons={Outcome.UNSUPPORTED: "NotEnabled"},
        ),
    ),
}
