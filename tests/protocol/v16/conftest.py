"""A station that only writes down, and the JSON schemas as judges."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any

import pytest
from jsonschema import Draft4Validator

from chargepoint.core.messages import Command, Later, Reply
from chargepoint.protocol.v16 import Adapter16

Payload = dict[str, Any]


@dataclass
class FakeStation:
    """Gives *reply* to every command and remembers them."""

    reply: Reply | Later
    commands: list[Command] = field(default_factory=list)

    def handle(self, command: Command) -> Reply | Later:
        self.commands.append(command)
        return self.reply


@cache
def _validator(schema: str) -> Draft4Validator:
    text = files("ocpp.v16.schemas").joinpath(f"{schema}.json").read_text("utf-8-sig")
    return Draft4Validator(json.loads(text, parse_float=Decimal))


@pytest.fixture(scope="session")
def conforms() -> Callable[[str, Payload], None]:
    """Fail where a payload breaks the schema; "Response" ends the names of CALLRESULTs.

    It goes through JSON as on the wire, with decimals read exactly: a float's 0.3 is no
    multiple of a float's 0.1.
    """

    def check(schema: str, payload: Payload) -> None:
        _validator(schema).validate(json.loads(json.dumps(payload), parse_float=Decimal))

    return check


@pytest.fixture(scope="session")
def adapter() -> Adapter16:
    return Adapter16()


@pytest.fixture(scope="session")
def station() -> Callable[[Reply | Later], FakeStation]:
    return FakeStation
