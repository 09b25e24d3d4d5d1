"""The meter inside an OpenEVSE controller, over the line of its board."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openevse_device import OpenEvseDevice

from hardware import registry
from hardware.api import BusError
from hardware.drivers.openevse_meter import Counted
from hardware.registry import Context


class Stand:
    """A board and its meter, at one port."""

    def __init__(self, device: OpenEvseDevice, clock) -> None:
        self.device = device
        given = {"port": device.port}
        self.board = registry.open_board("openevse", given, Context("evse/1", clock))
        self.meter = registry.open_meter("openevse", given, Context("evse/1", clock))


@pytest.fixture
async def stand(tmp_path: Path, clock) -> AsyncIterator[Stand]:
    device = OpenEvseDevice(tmp_path / "ttyUSB0")
    device.plugged = True
    stand = Stand(device, clock)
    yield stand
    await stand.board.close()
    await device.close()


async def test_it_tells_current_power_and_energy(stand: Stand, clock) -> None:
    stand.device.current_ma, stand.device.session_ws, stand.device.total_wh = 10_000, 7200, 1000
    reading = await stand.meter.read()

    assert reading.currents_a == (10.0, 0.0, 0.0)
    assert (reading.power_w, reading.energy_wh, reading.at_s) == (2300.0, 1002.0, clock())
    assert (await stand.board.sense()).connected  # the same line serves both


async def test_a_session_that_is_over_counts_once(stand: Stand) -> None:
    stand.device.session_ws, stand.device.total_wh = 3600 * 7, 1000
    assert (await stand.meter.read()).energy_wh == 1007.0
    stand.device.plugged, stand.device.total_wh = False, 1007
    assert (await stand.meter.read()).energy_wh == 1007.0
    stand.device.session_ws = 3600
    assert (await stand.meter.read()).energy_wh == 1008.0


async def test_a_session_that_was_over_before_counts_once(stand: Stand) -> None:
    stand.device.plugged, stand.device.session_ws, stand.device.total_wh = False, 3600 * 7, 1007

    assert (await stand.meter.read()).energy_wh == 1007.0


SESSION_WH = st.lists(st.integers(0, 50), min_size=1, max_size=5)


@given(st.lists(SESSION_WH, min_size=1, max_size=5))
def test_every_watt_hour_counts_once(sessions: list[list[int]]) -> None:
    counted, total_wh, taken_wh = Counted(0, 0, is_added=False), 0, 0
    for session in sessions:
        session_ws = 0
        counted = counted.then(session_ws, total_wh)
        for wh in session:
            session_ws, taken_wh = session_ws + wh * 3600, taken_wh + wh
            counted = counted.then(session_ws, total_wh)
            assert counted.energy_wh == taken_wh
        total_wh += session_ws // 3600
        counted = counted.then(session_ws, total_wh)
        assert counted.energy_wh == taken_wh


@pytest.mark.parametrize(
    ("says", "why"),
    [
        ({"GG": "$OK -1 230000"}, "no ammeter"),
        ({"GG": "$NK"}, "no measurement"),
        ({"GU": "$OK 7"}, "no measurement"),
        ({"GS": "$NK"}, "no state"),
    ],
)
async def test_what_it_cannot_tell_is_no_reading(stand: Stand, says, why: str) -> None:
    stand.device.says = says

    with pytest.raises(BusError, match=why):
        await stand.meter.read()


async def test_a_port_without_a_board_has_no_meter(clock) -> None:
    meter = registry.open_meter("openevse", {"port": "/dev/ttyUSB9"}, Context("mains", clock))

    with pytest.raises(BusError, match="no EVSE has its board there"):
        await meter.read()
    await meter.close()
