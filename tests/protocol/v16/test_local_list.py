"""The local list in 1.6's words."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from chargepoint.core.messages import ACCEPTED, GetListVersion, ListReply, Outcome, Reply
from chargepoint.core.words import Token, TokenInfo, TokenStatus
from chargepoint.errors import WireError

SEND = {
    "listVersion": 5,
    "updateType": "Differential",
    "localAuthorizationList": [
        {
            "idTag": "CARD-1",
            "idTagInfo": {
                "status": "Accepted",
                "parentIdTag": "HOME",
                "expiryDate": "2026-11-22T12:00:00Z",
            },
        },
        {"idTag": "CARD-2"},
    ],
}


@pytest.mark.requirement("1.6 5.15", "1.6 6.41", "1.6 7.1")
def test_an_update_names_what_is_put_in_and_what_is_taken_out(adapter, station, conforms):
    conforms("SendLocalList", SEND)
    there = station(ACCEPTED)

    answer = adapter.answer("SendLocalList", SEND, there.handle)

    (command,) = there.commands
    noon = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
    good = TokenInfo(TokenStatus.ACCEPTED, Token("HOME"), noon)
    assert command.entries == ((Token("CARD-1"), good), (Token("CARD-2"), None))
    assert (command.version, command.full) == (5, False)
    assert command.size_bytes > 100
    assert answer == {"status": "Accepted"}


@pytest.mark.requirement("1.6 5.15")
def test_a_full_update_may_be_empty(adapter, station):
    there = station(ACCEPTED)
    adapter.answer("SendLocalList", {"listVersion": 1, "updateType": "Full"}, there.handle)
    assert there.commands[0].full
    assert there.commands[0].entries == ()


@pytest.mark.requirement("1.6 7.47")
@pytest.mark.parametrize("outcome", Outcome)
def test_every_outcome_has_a_word(adapter, station, conforms, outcome):
    answer = adapter.answer("SendLocalList", SEND, station(Reply(outcome)).handle)
    words = {
        "ACCEPTED": "Accepted",
        "VERSION_MISMATCH": "VersionMismatch",
        "UNSUPPORTED": "NotSupported",
    }
    assert answer == {"status": words.get(outcome.name, "Failed")}
    conforms("SendLocalListResponse", answer)


def test_an_unknown_status_refuses_the_message(adapter, station):
    entry = {"idTag": "CARD-1", "idTagInfo": {"status": "Fine"}}
    there = station(ACCEPTED)
    with pytest.raises(WireError):
        adapter.answer("SendLocalList", SEND | {"localAuthorizationList": [entry]}, there.handle)
    assert there.commands == []


@pytest.mark.requirement("1.6 5.10")
@pytest.mark.parametrize(
    ("reply", "number"),
    [
        (ListReply(Outcome.ACCEPTED, version=7, entries=2), 7),
        (ListReply(Outcome.ACCEPTED, version=7, entries=0), 0),
        (ListReply(Outcome.ACCEPTED), 0),
        (Reply(Outcome.UNSUPPORTED), -1),
    ],
)
def test_the_version_is_0_for_an_empty_list_and_below_without_one(
    adapter, station, conforms, reply, number
):
    there = station(reply)
    answer = adapter.answer("GetLocalListVersion", {}, there.handle)
    assert there.commands == [GetListVersion()]
    assert answer == {"listVersion": number}
    conforms("GetLocalListVersionResponse", answer)
