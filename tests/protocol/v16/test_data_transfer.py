"""DataTransfer in 1.6: data is a text."""

from __future__ import annotations

import pytest

from chargepoint.core.config import StationIdentity
from chargepoint.core.messages import (
    Later,
    Outcome,
    VendorCall,
    VendorData,
    VendorDataAnswered,
    VendorReply,
)

ASKED = {"vendorId": "org.example", "messageId": "Price", "data": '{"per_kwh": 0.31}'}


@pytest.mark.requirement("1.6 5.6", "1.6 6.18", "1.6 7.15")
@pytest.mark.parametrize(
    ("outcome", "status"),
    [
        (Outcome.ACCEPTED, "Accepted"),
        (Outcome.REJECTED, "Rejected"),
        (Outcome.UNKNOWN, "UnknownVendorId"),
        (Outcome.UNSUPPORTED, "UnknownMessageId"),
    ],
)
def test_a_vendors_call_is_answered_by_its_extension(adapter, station, conforms, outcome, status):
    conforms("DataTransfer", ASKED)
    fake = station(Later(3))

    answer = adapter.answer("DataTransfer", ASKED, fake.handle)

    assert fake.commands == [VendorCall("org.example", "Price", ASKED["data"])]
    result = answer.render(VendorReply(outcome, data=None))
    assert result["status"] == status
    assert "data" not in result
    conforms("DataTransferResponse", result)


def test_a_call_may_have_neither_message_nor_data(adapter, station):
    fake = station(Later(3))

    adapter.answer("DataTransfer", {"vendorId": "org.example"}, fake.handle)

    assert fake.commands == [VendorCall("org.example")]


@pytest.mark.parametrize(("said", "data"), [("fine", "fine"), ({"a": [1]}, '{"a": [1]}'), (0, "0")])
def test_what_is_no_text_is_said_as_json(adapter, station, conforms, said, data):
    answer = adapter.answer("DataTransfer", ASKED, station(Later(3)).handle)

    result = answer.render(VendorReply(Outcome.ACCEPTED, data=said))

    assert result == {"status": "Accepted", "data": data}
    conforms("DataTransferResponse", result)


@pytest.mark.requirement("1.6 4.3", "1.6 6.17")
@pytest.mark.parametrize(
    ("event", "payload"),
    [
        (VendorData("org.example"), {"vendorId": "org.example"}),
        (
            VendorData("org.example", "Hello", {"n": 1}),
            {"vendorId": "org.example", "messageId": "Hello", "data": '{"n": 1}'},
        ),
    ],
)
def test_we_say_it_in_the_words_of_the_standard(adapter, conforms, event, payload):
    call = adapter.call(event, StationIdentity(), None)

    assert (call.action, call.payload) == ("DataTransfer", payload)
    conforms("DataTransfer", call.payload)
    heard = adapter.heard(event, {"status": "Accepted", "data": "x"}, 0)
    assert heard == VendorDataAnswered(event, "Accepted", "x")
    assert adapter.unheard(event) == VendorDataAnswered(event)
