"""Extensions: found by their vendor's id, and kept at arm's length."""

from __future__ import annotations

import asyncio
import logging
import threading
from importlib import metadata
from importlib.metadata import EntryPoint
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from chargepoint import vendors
from chargepoint.core.messages import AskVendor, Outcome, VendorAnswered
from chargepoint.errors import SettingsError
from chargepoint.vendors import Vendors

EXAMPLES = Path(__file__).parents[2] / "examples"
RELEASED = threading.Event()


def crash(_: Any) -> None:
    raise KeyError("oops")


def hang(_: Any) -> None:
    RELEASED.wait(20)


async def echo(data: Any) -> Any:
    return data


MESSAGES = {
    "Crash": crash,
    "Hang": hang,
    "": echo,
    "Odd": lambda _: object(),
    "NaN": lambda _: 1e999,
}


@pytest.fixture
def ours(monkeypatch: pytest.MonkeyPatch) -> Vendors:
    """Two extensions: the example, and one that does everything wrong."""
    monkeypatch.syspath_prepend(str(EXAMPLES))
    monkeypatch.setitem(__import__("sys").modules, "acme", SimpleNamespace(MESSAGES=MESSAGES))
    return Vendors({"org.example": "answer_vendor_messages", "Acme": "acme"}, 0.2)


async def said(vendors: Vendors, vendor_id: str, message_id: str = "", data: Any = None) -> Any:
    """Return outcome and data of the one answer."""
    answers: asyncio.Queue[VendorAnswered] = asyncio.Queue()
    vendors.ask(AskVendor(4, vendor_id, message_id, data), answers.put_nowait)
    answer = await answers.get()
    RELEASED.set()
    await asyncio.sleep(0.05)
    assert answers.empty()
    assert answer.ticket == 4
    return answer.outcome, answer.data


@pytest.mark.parametrize(
    ("vendor_id", "message_id", "data", "outcome", "answer"),
    [
        ("org.example", "Price", '{"per_kwh": 0.305}', Outcome.ACCEPTED, "0.30 EUR/kWh it is"),
        ("ORG.Example", "price", '{"per_kwh": 1}', Outcome.ACCEPTED, "1.00 EUR/kWh it is"),
        ("org.example", "Price", '{"per_kwh": -1}', Outcome.REJECTED, None),
        ("org.example", "Wait", "0", Outcome.ACCEPTED, None),
        ("org.example", "Wait", "9", Outcome.REJECTED, None),
        ("org.example", "Dance", None, Outcome.UNSUPPORTED, None),
        ("org.example", "", None, Outcome.UNSUPPORTED, None),
        ("org.stranger", "Price", None, Outcome.UNKNOWN, None),
        ("acme", "", {"any": [1, None]}, Outcome.ACCEPTED, {"any": [1, None]}),
        ("acme", "Crash", None, Outcome.REJECTED, None),
        ("acme", "Hang", None, Outcome.REJECTED, None),
        ("acme", "Odd", None, Outcome.REJECTED, None),
        ("acme", "NaN", None, Outcome.REJECTED, None),
    ],
)
async def test_whatever_an_extension_does_there_is_one_answer(
    ours: Vendors, vendor_id: str, message_id: str, data: Any, outcome: Outcome, answer: Any
) -> None:
    RELEASED.clear()

    assert await said(ours, vendor_id, message_id, data) == (outcome, answer)


async def test_a_mistake_of_an_extension_is_in_the_log(
    ours: Vendors, caplog: pytest.LogCaptureFixture
) -> None:
    await said(ours, "acme", "Crash")

    (record,) = caplog.records
    assert record.levelno == logging.ERROR
    assert record.exc_info is not None
    assert record.getMessage() == "acme Crash failed"


async def test_an_installed_extension_needs_no_configuration(
    ours: Vendors, monkeypatch: pytest.MonkeyPatch
) -> None:
    points = [EntryPoint("org.acme", "acme", vendors.GROUP)]
    found = {vendors.GROUP: points}
    monkeypatch.setattr(metadata, "entry_points", lambda group: found[group])

    assert await said(Vendors({}, 1.0), "org.acme", "", 7) == (Outcome.ACCEPTED, 7)
    configured = Vendors({"org.acme": "answer_vendor_messages"}, 1.0)
    assert await said(configured, "org.acme", "", 7) == (Outcome.UNSUPPORTED, None)


@pytest.mark.parametrize(
    ("messages", "why"),
    [(None, "cannot be used"), (["Price"], "no table"), ({"Price": 7}, "no table")],
)
def test_an_extension_that_cannot_be_used_is_named(
    monkeypatch: pytest.MonkeyPatch, messages: Any, why: str
) -> None:
    module = SimpleNamespace() if messages is None else SimpleNamespace(MESSAGES=messages)
    monkeypatch.setitem(__import__("sys").modules, "acme", module)

    with pytest.raises(SettingsError, match=rf"data_transfer\.org\.acme: .*{why}"):
        Vendors({"org.acme": "acme"}, 1.0)


def test_an_extension_that_is_not_there_is_named() -> None:
    with pytest.raises(SettingsError, match="no_such_module"):
        Vendors({"org.acme": "no_such_module"}, 1.0)
