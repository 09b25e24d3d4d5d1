"""Block C, authorization: C01, C11. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from chargepoint.core.config import StationIdentity
from chargepoint.core.messages import AskToken, AuthorizeAnswered, ClearCache, Outcome
from chargepoint.protocol.adapter import Call, Payload
from chargepoint.protocol.fields import required
from chargepoint.protocol.v201.fields import id_token, token_info
from chargepoint.protocol.v201.route import Answer, Telling, one, status


def _ask_token(event: AskToken, _: StationIdentity) -> Call:
    """AuthorizeRequest."""
    return Call("Authorize", {"idToken": id_token(event.token)})


def _token_answered(event: AskToken, payload: Payload, _: int) -> AuthorizeAnswered:
    """AuthorizeResponse."""
    return AuthorizeAnswered(event.token, token_info(required(payload, "idTokenInfo", dict)))


ROUTES: Mapping[str, Answer] = {
    "ClearCache": one(lambda _: ClearCache(), status({Outcome.ACCEPTED: "Accepted"})),
}
TELLINGS: Mapping[type, Telling] = {
    AskToken: Telling(
        _ask_token, _token_answered, lambda asked: AuthorizeAnswered(asked.token, None)
    ),
}
