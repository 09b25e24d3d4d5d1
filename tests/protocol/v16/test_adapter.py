"""What the adapter says of itself."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import get_args

import pytest

from chargepoint.core.messages import Event
from chargepoint.core.words import Status
from chargepoint.errors import ErrorCode
from chargepoint.protocol.adapter import Adapter
from chargepoint.protocol.v16 import Adapter16, security
from chargepoint.protocol.v16.adapter import ROUTES, TELLINGS


def test_it_is_an_adapter_of_sixteen(adapter):
    offered: Adapter = adapter

    assert (offered.subprotocol, offered.version) == ("ocpp1.6", "1.6")
    assert Adapter16.incoming == frozenset(ROUTES)
    assert adapter.incoming < adapter.known


def test_it_knows_every_action_that_has_a_schema(adapter):
    names = {file.name.removesuffix(".json") for file in files("ocpp.v16.schemas").iterdir()}

    assert adapter.known == {name for name in names if f"{name}Response" in names}
    assert len(adapter.known) == 28 + 11


def test_every_event_of_the_core_has_a_row():
    assert frozenset(TELLINGS) == frozenset(get_args(Event))


@pytest.mark.requirement("1.6J 4.2.3")
def test_the_error_codes_keep_their_historic_spellings(adapter):
    words = adapter.error_words

    assert words[ErrorCode.FORMAT_VIOLATION] == "FormationViolation"
    assert words[ErrorCode.OCCURRENCE_CONSTRAINT] == "OccurenceConstraintViolation"


@pytest.mark.requirement("1.6J 4.1.3")
def test_only_what_is_no_rpc_message_has_no_word_here(adapter):
    assert frozenset(ErrorCode) - frozenset(adapter.error_words) == {
        ErrorCode.RPC_FRAMEWORK_ERROR,
        ErrorCode.MESSAGE_TYPE_NOT_SUPPORTED,
    }


@pytest.mark.requirement("1.6 7.32")
def test_it_lets_trigger_what_its_schemas_name(adapter):
    schemas = files("ocpp.v16.schemas")
    plain = json.loads(schemas.joinpath("TriggerMessage.json").read_text())
    named = set(plain["properties"]["requestedMessage"]["enum"])
    extended = set(security.TRIGGERS.values())

    assert adapter.dialect.triggers == named | extended


@pytest.mark.requirement("1.6 7.7")
def test_the_dialect_tells_all_nine_statuses_apart(adapter):
    words = adapter.dialect.status_words

    assert frozenset(words) == frozenset(Status)
    assert len(set(words.values())) == 9
    assert words[Status.AUTHORIZED] == words[Status.PREPARING]
