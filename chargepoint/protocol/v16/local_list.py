"""The Local Auth List Management profile: 1.6 sections 5.10 and 5.15. Pure."""

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
from chargepoint.core.words import Token
from chargepoint.protocol.adapter import Payload
from chargepoint.protocol.fields import meaning
from chargepoint.protocol.v16.fields import token_info
from chargepoint.protocol.v16.route import Route, status

UPDATE_TYPES: Mapping[str, bool] = {"Full": True, "Differential": False}  # is it full?
EMPTY, NO_LIST = 0, -1  # section 5.10


def _send(payload: Payload) -> Command:
    """SendLocalList.req, section 6.41. An entry without idTagInfo is a deletion."""
    return SendLocalList(
        version=payload["listVersion"],
        full=meaning(UPDATE_TYPES, payload["updateType"], "updateType"),
        entries=tuple(
            (
                Token(entry["idTag"]),
                token_info(entry["idTagInfo"]) if "idTagInfo" in entry else None,
            )
            for entry in payload.get("localAuthorizationList", ())
        ),
        size_bytes=len(json.dumps(payload)),
    )


def _version(reply: Reply) -> Payload:
    """GetLocalListVersion.conf, section 6.28: an empty list has no version to 1.6."""
    if not isinstance(reply, ListReply):
        return {"listVersion": NO_LIST}
    return {"listVersion": reply.version if reply.entries else EMPTY}


ROUTES: Mapping[str, Route] = {
    "GetLocalListVersion": Route(lambda _: GetListVersion(), _version),
    "SendLocalList": Route(
        _send,
        status(
            {
                Outcome.ACCEPTED: "Accepted",
                Outcome.UNSUPPORTED: "NotSupported",
                Outcome.VERSION_MISMATCH: "VersionMismatch",
            },
            otherwise="Failed",
        ),
    ),
}
