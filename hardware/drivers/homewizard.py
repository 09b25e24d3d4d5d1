"""HomeWizard's P1 and kWh meters, asked over the local network.

    [hardware.meters.mains]
    driver = "homewizard"
    url = "http://192.168.1.20"

The first version of their API has to be switched on in the maker's app. With a ``token``
the second one is spoken, over https: its certificate is the device's own, so it is checked
only when ``ca`` names the maker's root certificate, and then without the host's name.

Source: HomeWizard Energy local API, v1 ``/api/v1/data`` and v2 ``/api/measurement``.
"""

from __future__ import annotations

import asyncio
import math
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp
from pydantic import Field, FilePath, SecretStr

from hardware.api import BusError, MeterReading
from hardware.drivers.direction import directed
from hardware.registry import Context
from hardware.settings import Settings

TIMEOUT_S = 1.5
PHASES = ("l1", "l2", "l3")
HINTS = {
    401: "it does not know this token",
    403: "its local API is off: switch it on in the maker's app",
}

Measured = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Version:
    """Where one version of the API has what; the counters are added up."""

    path: str
    prefix: str
    imports: tuple[tuple[str, ...], ...]
    exports: tuple[tuple[str, ...], ...]


V1 = Version(
    "/api/v1/data",
    "active_",
    (("total_power_import_kwh",), ("total_power_import_t1_kwh", "total_power_import_t2_kwh")),
    (("total_power_export_kwh",), ("total_power_export_t1_kwh", "total_power_export_t2_kwh")),
)
V2 = Version("/api/measurement", "", (("energy_import_kwh",),), (("energy_export_kwh",),))


class Config(Settings):
    """*token*: what the device gave when its button was pressed; *ca*: a PEM file."""

    url: str = Field(pattern=r"^https?://[^/]+/?$")
    token: SecretStr | None = None
    ca: FilePath | None = None


class HomeWizard:
    """One device; the connection is kept between samples."""

    def __init__(self, config: Config, context: Context) -> None:
        self._version = V1 if config.token is None else V2
        url = config.url.rstrip("/")
        self._url = (url if config.token is None else _https(url)) + self._version.path
        self._headers = _headers(config.token)
        self._ca = config.ca
        self._monotonic = context.monotonic
        self._session: aiohttp.ClientSession | None = None

    async def read(self) -> MeterReading:
        """Return one sample; raise BusError for no answer in 1.5 s, and for a wrong one."""
        try:
            async with asyncio.timeout(TIMEOUT_S):
                measured = await self._measured()
        except TimeoutError:
            raise BusError(f"{self._url}: no answer in {TIMEOUT_S} s") from None
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise BusError(f"{self._url}: {error}") from error
        return reading(measured, self._version, self._monotonic())

    async def close(self) -> None:
        """Let go of the connection."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def _measured(self) -> Measured:
        if self._session is None:
            connector = aiohttp.TCPConnector(ssl=_trust(self._ca), limit=1)
            self._session = aiohttp.ClientSession(connector=connector, headers=self._headers)
        async with self._session.get(self._url, allow_redirects=False) as answer:
            if answer.status != 200:
                hint = HINTS.get(answer.status, answer.reason)
                raise BusError(f"{self._url}: it answers {answer.status}: {hint}")
            measured = await answer.json(content_type=None)
        if not isinstance(measured, dict):
            raise ValueError("it answers something else than measurements")
        return measured


def reading(measured: Measured, version: Version, at_s: float) -> MeterReading:
    """Return *measured* in our words; raise BusError when no current is in it.

    A meter of one phase tells its current without the name of a phase. The currents have
    no direction, the powers have.
    """
    prefix = version.prefix
    currents = _per_phase(measured, prefix + "current{}_a")
    powers = _per_phase(measured, prefix + "power{}_w")
    volts = _per_phase(measured, prefix + "voltage{}_v")
    if currents[0] is None:
        raise BusError("it tells no current: is it a meter of electricity?")
    l1, l2, l3 = (
        directed(current_a or 0.0, power_w, voltage_v)
        for current_a, power_w, voltage_v in zip(currents, powers, volts, strict=True)
    )
    return MeterReading(
        at_s,
        (l1, l2, l3),
        None if volts[0] is None else (volts[0], volts[1] or 0.0, volts[2] or 0.0),
        _number(measured, prefix + "power_w"),
        _counter_wh(measured, version.imports),
        _counter_wh(measured, version.exports),
    )


def _per_phase(measured: Measured, name: str) -> list[float | None]:
    found = [_number(measured, name.format(f"_{phase}")) for phase in PHASES]
    return found if found[0] is not None else [_number(measured, name.format("")), None, None]


def _counter_wh(measured: Measured, choices: tuple[tuple[str, ...], ...]) -> float | None:
    """Return the first of *choices* that is there, its parts added up."""
    for names in choices:
        parts = [_number(measured, name) for name in names]
        known = [part for part in parts if part is not None]
        if known:
            return sum(known) * 1000.0
    return None


def _number(measured: Measured, name: str) -> float | None:
    """Return the number called *name*, None when there is none; raise BusError for no number."""
    value = measured.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise BusError(f"{name}: {value!r} is no number")
    return float(value)


def _https(url: str) -> str:
    return f"https://{url.partition('://')[2]}"


def _headers(token: SecretStr | None) -> dict[str, str]:
    if token is None:
        return {}
    return {"Authorization": f"Bearer {token.get_secret_value()}", "X-Api-Version": "2"}


def _trust(ca: FilePath | None) -> ssl.SSLContext:
    """Return whom to believe: those whom *ca* signed, or anybody who answers at the address."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    if ca is None:
        context.verify_mode = ssl.CERT_NONE
    else:
        context.load_verify_locations(ca)
    return context


def open_meter(config: Config, context: Context) -> HomeWizard:
    """Return the meter; it is asked when it is first read."""
    return HomeWizard(config, context)
