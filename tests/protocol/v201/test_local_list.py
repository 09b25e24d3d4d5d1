"""The local list in 2.0.1's words."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from chargepoint.core.messages import ACCEPTED, GetListVersion, ListReply, Outcome, Reply
from chargepoint.core.words import Token, TokenInfo, TokenStatus

SEND = {
    "versionNumber": 5,
    "updateType": "Full",
    "localAuthorizationList": [
        {
            "idToken": {"idToken": "CARD-1", "type": "ISO14443"},
            "idTokenInfo": {
                "status": "Accepted",
                "cacheExpiryDateTime": "2026-11-22T12:00:00Z",
                "chargingPriority": 3,
                "evseId": [1, 2],
                "groupIdToken": {"idToken": "HOME", "type": "Central"},
            },
        },
        {"idToken": {"idToken": "1234", "type": "KeyCode"}},
    ],
}


@pytest.mark.requirement("D01.FR.01", "D01.FR.16", "D01.FR.17", "C09.FR.02", "C09.FR.13")
def test_an_update_says_all_there_is_to_know_of_a_token(adapter, station, conforms):
    conforms("SendLocalListRequest", SEND)
    there = station(ACCEPTED)

    answer = adapter.answer("SendLocalList", SEND, there.handle)

    (command,) = there.commands
    info = TokenInfo(
        TokenStatus.ACCEPTED,
        Token("HOME", "Central"),
        datetime(2026, 11, 22, 12, 0, tzinfo=UTC),
        (1, 2),
        3,
    )
    assert command.entries == ((Token("CARD-1"), info), (Token("1234", "KeyCode"), None))
    assert (command.version, command.full) == (5, True)
    assert answer == {"status": "Accepted"}


@pytest.mark.requirement("D01.FR.02", "D01.FR.19")
@pytest.mark.parametrize("outcome", Outcome)
def test_every_outcome_has_a_word(adapter, station, conforms, outcome):
    answer = adapter.answer("SendLocalList", SEND, station(Reply(outcome)).handle)
    words = {"ACCEPTED": "Accepted", "VERSION_MISMATCH": "VersionMismatch"}
    assert answer["status"] == words.get(outcome.name, "Failed")
    conforms("SendLocalListResponse", answer)


@pytest.mark.requirement("D02.FR.01", "D02.FR.02", "D02.FR.03")
@pytest.mark.parametrize(
    ("reply", "number"),
    [
        (ListReply(Outcome.ACCEPTED, version=7, entries=2), 7),
        (ListReply(Outcome.ACCEPTED, version=7, entries=0), 7),
        (ListReply(Outcome.ACCEPTED), 0),
        (Reply(Outcome.UNSUPPORTED), 0),
    ],
)
def test_an_empty_list_has_a_version_and_no_list_has_none(
    adapter, station, conforms, reply, number
):
    there = station(reply)
    answer = adapter.answer("GetLocalListVersion", {}, there.handle)
    assert there.commands == [GetListVersion()]
    assert answer == {"versionNumber": number}
    conforms("GetLocalListVersionResponse", answer)
