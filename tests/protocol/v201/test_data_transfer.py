"""DataTransfer in 2.0.1: data is any JSON."""

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

ASKED = {"vendorId": "org.example", "messageId": "Price", "data": {"per_kwh": [0.31, None]}}


@pytest.mark.requirement("P01.FR.05", "P01.FR.06")
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
    conforms("DataTransferRequest", ASKED)
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


@pytest.mark.parametrize("said", ["fine", {"a": [1, None]}, 0, False])
def test_any_json_comes_back_as_it_is(adapter, station, conforms, said):
    answer = adapter.answer("DataTransfer", ASKED, station(Later(3)).handle)

    result = answer.render(VendorReply(Outcome.ACCEPTED, data=said))

    assert result == {"status": "Accepted", "data": said}
    conforms("DataTransferResponse", result)


@pytest.mark.parametrize(
    ("event", "payload"),
    [
        (VendorData("org.example"), {"vendorId": "org.example"}),
        (
            VendorData("org.example", "Hello", {"n": 1}),
            {"vendorId": "org.example", "messageId": "Hello", "data": {"n": 1}},
        ),
    ],
)
def test_we_say_it_in_the_words_of_the_standard(adapter, conforms, event, payload):
    call = adapter.call(event, StationIdentity(), None)

    assert (call.action, call.payload) == ("DataTransfer", payload)
    conforms("DataTransferRequest", call.payload)
    heard = adapter.heard(event, {"status": "Rejected", "data": [1]}, 0)
    assert heard == VendorDataAnswered(event, "Rejected", [1])
    assert adapter.unheard(event) == VendorDataAnswered(event)
