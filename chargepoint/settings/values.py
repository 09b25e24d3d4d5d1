"""The kinds of values that settings have, each with the words for what is allowed."""

from __future__ import annotations

import json
import tomllib
from datetime import UTC, time, tzinfo
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    GetJsonSchemaHandler,
    SecretStr,
    StringConstraints,
)
from pydantic_core import CoreSchema

from chargepoint.core.network_profile import url_flaw
from chargepoint.core.values import dataclass


@dataclass(frozen=True, slots=True)
class Says:
    """Gives a kind of value the words for what is allowed, where its schema has none."""

    allowed: str

    def __get_pydantic_json_schema__(
        self, core_schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {**handler(core_schema), "allowed": self.allowed}


def from_text(value: object) -> object:
    """Return the list or table that a text from the environment or ``--set`` stands for:
    JSON, a TOML value, or words with commas between them. Anything but text as it is.
    """
    if not isinstance(value, str):
        return value
    text = value.strip()
    if not text.startswith(("[", "{")):
        return [part.strip() for part in text.split(",") if part.strip()]
    try:
        return json.loads(text)
    except ValueError:
        pass
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return value


def address(bind: str) -> tuple[str, int]:
    """Return host and port of ``host:port`` or ``[IPv6]:port``; ValueError when it is neither."""
    parts = urlsplit(f"//{bind}")
    if not parts.hostname or parts.port is None or parts.netloc != bind or "@" in bind:
        raise ValueError("not an address with a port")
    return parts.hostname, parts.port


def _number(value: object) -> object:
    if isinstance(value, bool):
        raise ValueError("true and false are no numbers")
    return value


def _lower(value: object) -> object:
    return value.strip().lower() if isinstance(value, str) else value


def _one_is_a_list(value: object) -> object:
    """A single PEM file may stand without brackets."""
    if isinstance(value, str) and not value.lstrip().startswith("["):
        return [value] if value else []
    return from_text(value)


def _none_when_empty(value: object) -> object:
    return None if value == "" else value


def _ocpp_text(value: object) -> object:
    """Numbers and booleans become what OCPP writes, for those who leave out the quotes."""
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int | float) else value


def _whole(value: object) -> object:
    """Return the number that a text from the environment is: literals are compared exactly."""
    return int(value) if isinstance(value, str) and value.isdecimal() else value


def _permutation(value: tuple[int, int, int]) -> tuple[int, int, int]:
    if sorted(value) != [1, 2, 3]:
        raise ValueError("each phase exactly once")
    return value


def _bind(value: str) -> str:
    address(value)
    return value


def _central_url(value: str) -> str:
    if value and (wrong := url_flaw(value)):
        raise ValueError(wrong)
    return value


def _line(value: str) -> str:
    parts = urlsplit(value)
    over_tcp = parts.scheme in ("tcp", "rtu+tcp") and parts.hostname and parts.port
    if not value.startswith("/") and not over_tcp:
        raise ValueError("neither a serial device nor a TCP address")
    return value


def _broker(value: str) -> str:
    parts = urlsplit(value)
    if parts.username is not None or parts.password is not None:
        raise ValueError("no user and password here, they have settings of their own")
    if value and (parts.scheme not in ("mqtt", "mqtts") or not parts.hostname):
        raise ValueError("not the address of a broker")
    _ = parts.port
    return value


def zone(name: str) -> tzinfo:
    """Return the time zone called *name*; ValueError when this machine knows none."""
    try:
        return UTC if name == "UTC" else ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError("no time zone that this machine knows") from error


def _zone_name(value: str) -> str:
    zone(value)
    return value


def _clock(value: object) -> object:
    """A text with hours and minutes, or TOML's own time of the day."""
    if isinstance(value, time) and value.tzinfo is None:
        return value
    hours, colon, minutes = value.partition(":") if isinstance(value, str) else ("", "", "")
    digits = hours.isdecimal() and minutes.isdecimal() and (hours + minutes).isascii()
    if not (colon and digits and len(hours) == len(minutes) == 2):
        raise ValueError("not a time of the day")
    return time(int(hours), int(minutes))


LONGEST_PEM = 100_000  # characters: a chain of a dozen certificates

YEAR_S = 31_536_000

Counted = BeforeValidator(_number)  # last in its Annotated, or the schema loses the bounds
Amperes = Annotated[float, Field(ge=0, le=1000), Counted]
Seconds = Annotated[float, Field(ge=0, le=YEAR_S), Counted]
Span = Annotated[float, Field(gt=0, le=YEAR_S), Counted]
Watts = Annotated[float, Field(ge=0, le=1_000_000), Counted]
ClockTime = Annotated[time, BeforeValidator(_clock), Says('"HH:MM", as in "07:00"')]
ZoneName = Annotated[
    str,
    StringConstraints(min_length=1, max_length=100),
    AfterValidator(_zone_name),
    Says('the name of a time zone, as in "Europe/Brussels"'),
]
DeviceId = Annotated[int, Field(ge=1, le=247), Counted]
Text = Annotated[str, StringConstraints(max_length=500)]
Word = Annotated[str, StringConstraints(min_length=1, max_length=500)]
Id = Annotated[str, StringConstraints(min_length=1, max_length=50, strip_whitespace=True)]
VendorId = Annotated[str, StringConstraints(min_length=1, max_length=255)]
Module = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*$", max_length=200),
    Says('the name of a Python module, as in "acme.messages"'),
    Field(description="The module that answers a vendorId"),
]
Lowered = BeforeValidator(_lower)
TokenType = Literal["Central", "eMAID", "ISO14443", "ISO15693", "KeyCode", "Local", "MacAddress"]
Places = Annotated[
    list[Annotated[int, Field(ge=1, le=100), Counted]],
    BeforeValidator(from_text),
    Says("a list of EVSE ids, as in [1, 2]"),
]
Secret = Annotated[SecretStr | None, BeforeValidator(_none_when_empty), Says("a text")]
Pem = Annotated[
    str,
    StringConstraints(max_length=LONGEST_PEM),
    Says('the path of a PEM file, the PEM text itself, or "" for none'),
]
PemList = Annotated[
    list[Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_PEM)]],
    BeforeValidator(_one_is_a_list),
    Says("a list of paths of PEM files, or of PEM texts"),
]
PhaseCount = Annotated[Literal[1, 3], BeforeValidator(_whole)]
PhaseMap = Annotated[
    tuple[int, int, int],
    BeforeValidator(from_text),
    AfterValidator(_permutation),
    Says("1, 2 and 3 in any order, as in [1, 2, 3]"),
]
PerPhase = Annotated[
    tuple[Amperes, Amperes, Amperes],
    BeforeValidator(from_text),
    Says("three numbers, one per phase, 0 to 1000 A"),
]
Bind = Annotated[
    str, AfterValidator(_bind), Says('"host:port", as in "127.0.0.1:8080" or "[::]:8080"')
]
CentralUrl = Annotated[
    Text,
    AfterValidator(_central_url),
    Says('"ws://host/path", "wss://host/path", or "" for none'),
]
Line = Annotated[
    Text, AfterValidator(_line), Says('"/dev/...", "tcp://host:port" or "rtu+tcp://host:port"')
]
Broker = Annotated[
    Text, AfterValidator(_broker), Says('"mqtt://host", "mqtts://host:port", or "" for none')
]
OcppText = Annotated[
    str,
    BeforeValidator(_ocpp_text),
    StringConstraints(max_length=2500),
    Says("a text, as OCPP writes it"),
]
