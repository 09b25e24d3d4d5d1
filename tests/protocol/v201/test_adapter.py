"""The tables of the adapter against the standard's."""

from __future__ import annotations

from importlib.resources import files
from typing import get_args

import pytest

from chargepoint.core import messages
from chargepoint.errors import ErrorCode
from chargepoint.protocol.v201.adapter import TELLINGS
from chargepoint.protocol.v201.provisioning import ATTRIBUTE_STATUSES
from chargepoint.protocol.v201.route import REASONS


def actions() -> set[str]:
    schemas = (entry.name for entry in files("ocpp.v201.schemas").iterdir())
    return {name.removesuffix("Request.json") for name in schemas if name.endswith("Request.json")}


@pytest.mark.requirement("2.0.1 part 4 4.3")
def test_every_action_of_the_version_is_known(adapter):
    assert adapter.known == actions()
    assert adapter.incoming < adapter.known
    assert (adapter.subprotocol, adapter.version) == ("ocpp2.0.1", "2.0.1")


def test_every_event_of_the_core_has_its_row():
    assert set(TELLINGS) == set(get_args(messages.Event))


@pytest.mark.requirement("2.0.1 part 4 table 8")
def test_every_error_has_its_word(adapter):
    assert set(adapter.error_words) == set(ErrorCode)


def test_what_may_be_triggered_is_what_we_send(adapter):
    signs = {"SignChargingStationCertificate"}  # it is not the name of a message
    assert adapter.dialect.triggers - signs <= adapter.known - adapter.incoming
    assert adapter.dialect.name == adapter.version


def test_every_reason_of_ours_is_a_reason_code():
    assert all(0 < len(reason) <= 20 for reason in REASONS.values())
    assert set(ATTRIBUTE_STATUSES.values()) == {
        "Accepted",
        "RebootRequired",
        "UnknownComponent",
        "UnknownVariable",
        "NotSupportedAttributeType",
    }
