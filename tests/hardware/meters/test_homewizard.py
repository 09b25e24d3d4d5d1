"""HomeWizard's API, both versions, over a real socket."""

import ssl
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
import trustme
from aiohttp import web

from hardware import registry
from hardware.api import BusError, WrongSettings
from hardware.registry import Context, Kind
from hardware.wiring import WiredMeter

V1 = {
    "wifi_strength": 80,
    "total_power_import_t1_kwh": 4567.234,
    "total_power_import_t2_kwh": 2568.0,
    "total_power_import_kwh": 7135.234,
    "total_power_export_kwh": 500.5,
    "active_power_w": 710,
    "active_power_l1_w": 1100,
    "active_power_l2_w": -390,
    "active_power_l3_w": 0,
    "active_voltage_l1_v": 230.0,
    "active_voltage_l2_v": 231.0,
    "active_voltage_l3_v": 229.0,
    "active_current_l1_a": 4.0,
    "active_current_l2_a": 3.0,
    "active_current_l3_a": 0.0,
}
V2 = {
    "energy_import_kwh": 7135.234,
    "energy_export_kwh": 500.5,
    "power_w": -460,
    "voltage_v": 230,
    "current_a": 2.0,
}


class Box:
    """A device that answers with *says*, and remembers what it was asked."""

    def __init__(self) -> None:
        self.says: Callable[[], web.Response] = lambda: web.json_response(V1)
        self.asked: list[tuple[str, str | None]] = []
        self.url = ""

    async def answer(self, request: web.Request) -> web.Response:
        self.asked.append((request.path, request.headers.get("Authorization")))
        return self.says()


@pytest.fixture
async def serve() -> AsyncIterator[Callable[..., Any]]:
    """Return a way to start a box, over https with a context."""
    runners: list[web.AppRunner] = []

    async def start(tls: ssl.SSLContext | None = None) -> Box:
        box = Box()
        app = web.Application()
        app.router.add_get("/{path:.*}", box.answer)
        runner = web.AppRunner(app)
        runners.append(runner)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls)
        await site.start()
        port = runner.addresses[0][1]
        box.url = f"{'https' if tls else 'http'}://127.0.0.1:{port}"
        return box

    yield start
    for runner in runners:
        await runner.cleanup()


@pytest.fixture
async def opened(clock) -> AsyncIterator[Callable[..., WiredMeter]]:
    """Return a way to open a meter that is closed afterwards."""
    meters: list[WiredMeter] = []

    def open_(**given: object) -> WiredMeter:
        meters.append(registry.open_meter("homewizard", given, Context("mains", clock)))
        return meters[-1]

    yield open_
    for meter in meters:
        await meter.close()


async def test_the_first_version_is_read(serve, opened, clock) -> None:
    box = await serve()
    reading = await opened(url=box.url + "/").read()

    assert box.asked == [("/api/v1/data", None)]
    assert reading.at_s == clock()
    assert reading.currents_a == pytest.approx((4.783, -3.0, 0.0), abs=0.001)
    assert reading.voltages_v == (230.0, 231.0, 229.0)
    assert (reading.power_w, reading.export_wh) == (710.0, 500_500.0)
    assert reading.energy_wh == pytest.approx(7_135_234.0)


async def test_tariffs_are_added_up_where_there_is_no_total(serve, opened) -> None:
    box = await serve()
    without = {key: value for key, value in V1.items() if key != "total_power_import_kwh"}
    box.says = lambda: web.json_response(without)

    assert (await opened(url=box.url).read()).energy_wh == pytest.approx(7_135_234.0)


@pytest.mark.parametrize("checked", [True, False])
async def test_the_second_version_wants_a_token_and_https(
    serve, opened, tmp_path: Path, checked: bool
) -> None:
    maker = trustme.CA()
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    maker.issue_cert("appliance.p1dongle.0123").configure_cert(tls)
    ca = tmp_path / "maker.pem"
    maker.cert_pem.write_to_path(str(ca))
    box = await serve(tls)
    box.says = lambda: web.json_response(V2)
    more = {"ca": str(ca)} if checked else {}
    reading = await opened(url=box.url, token="ABC", **more).read()

    assert box.asked == [("/api/measurement", "Bearer ABC")]
    assert reading.currents_a == (-2.0, 0.0, 0.0)
    assert reading.voltages_v == (230.0, 0.0, 0.0)
    assert (reading.power_w, reading.energy_wh) == (-460.0, 7_135_234.0)


async def test_a_certificate_of_somebody_else_is_not_believed(
    serve, opened, tmp_path: Path
) -> None:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("appliance").configure_cert(tls)
    ca = tmp_path / "maker.pem"
    trustme.CA().cert_pem.write_to_path(str(ca))
    box = await serve(tls)

    with pytest.raises(BusError, match="certificate"):
        await opened(url=box.url, token="ABC", ca=str(ca)).read()
    assert box.asked == []


@pytest.mark.parametrize(
    ("says", "message"),
    [
        (lambda: web.Response(text="hello"), "api/v1/data: "),
        (lambda: web.json_response([1]), "something else than measurements"),
        (lambda: web.json_response({"total_liter_m3": 7}), "tells no current"),
        (lambda: web.json_response({**V1, "active_current_l1_a": "4"}), "'4' is no number"),
        (lambda: web.json_response({**V1, "active_power_w": True}), "True is no number"),
        (lambda: web.Response(text='{"active_current_a": NaN}'), "nan is no number"),
        (lambda: web.Response(status=403), "403: its local API is off"),
        (lambda: web.Response(status=401), "401: it does not know this token"),
        (lambda: web.Response(status=500), "500: Internal Server Error"),
    ],
)
async def test_a_wrong_answer_is_no_reading(serve, opened, says, message: str) -> None:
    box = await serve()
    box.says = says
    meter = opened(url=box.url)

    with pytest.raises(BusError, match=message):
        await meter.read()
    box.says = lambda: web.json_response(V1)
    assert (await meter.read()).power_w == 710.0


async def test_nobody_there_is_no_reading(serve, opened, unused_port: int) -> None:
    with pytest.raises(BusError, match="api/v1/data"):
        await opened(url=f"http://127.0.0.1:{unused_port}").read()


async def test_an_answer_that_takes_too_long_is_no_reading(
    serve, opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hardware.drivers.homewizard.TIMEOUT_S", 0.0)
    box = await serve()

    with pytest.raises(BusError, match="no answer in"):
        await opened(url=box.url).read()


@pytest.mark.parametrize(
    "given", [{"url": "192.168.1.20"}, {"url": "ftp://x"}, {"url": "http://x", "ca": "/nowhere"}]
)
def test_wrong_settings_are_named(given: dict[str, object]) -> None:
    with pytest.raises(WrongSettings, match=r"url|ca"):
        registry.settings(Kind.METER, "homewizard", given)


def test_the_token_is_not_shown() -> None:
    config = registry.settings(
        Kind.METER, "homewizard", {"url": "http://192.168.1.20", "token": "canary"}
    )

    assert "canary" not in repr(config)
