"""A station that only writes down, and the JSON schemas as judges."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

import pytest
from jsonschema import Draft6Validator

from chargepoint.core.messages import ACCEPTED, Command, Later, Reply, Weigh
from chargepoint.protocol.v201 import Adapter201

Payload = dict[str, Any]


@dataclass
class FakeStation:
    """Gives *replies* in turn, the last one for ever, and remembers the commands; *weight* is
    its word about the size of a request."""

    replies: list[Reply | Later]
    commands: list[Command] = field(default_factory=list)
    weighed: list[Weigh] = field(default_factory=list)
    weight: Reply = ACCEPTED

    def handle(self, command: Command) -> Reply | Later:
        if isinstance(command, Weigh):
            self.weighed.append(command)
            return self.weight
        self.commands.append(command)
        return self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]


@cache
def _validator(schema: str) -> Draft6Validator:
    text = files("ocpp.v201.schemas").joinpath(f"{schema}.json").read_text("utf-8-sig")
    return Draft6Validator(json.loads(text))


@pytest.fixture(scope="session")
def conforms() -> Callable[[str, Payload], None]:
    """Fail where a payload, as JSON makes it, breaks the schema ("...Request", "...Response")."""

    def check(schema: str, payload: Payload) -> None:
        _validator(schema).validate(json.loads(json.dumps(payload, allow_nan=False)))

    return check


@pytest.fixture(scope="session")
def adapter() -> Adapter201:
    return Adapter201()


@pytest.fixture(scope="session")
def station() -> Callable[..., FakeStation]:
    return lambda *replies: FakeStation(list(replies))
