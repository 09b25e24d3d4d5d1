"""New firmware for a whole station: told step by step, past cars, cuts and bad files."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
from journeys.rig import BORN, Rig

pytestmark = pytest.mark.sim

MakeRig = Callable[..., Rig]
FILE = "https://files.example/new.bin"
STATUS = "FirmwareStatusNotification"
PLAIN = ["Downloading", "Downloaded", "Installing", "Installed"]
WHOLE = {"1.6": PLAIN, "2.0.1": [*PLAIN[:3], "InstallRebooting", "Installed"]}
TAKES = "simulator.install_time_s=5"


async def order(rig: Rig, location: str = FILE) -> None:
    """Let the central system order an update, to be fetched and installed at once."""
    at = BORN.isoformat().replace("+00:00", "Z")
    if rig.words.version == "1.6":
        payload = {"location": location, "retrieveDate": at, "retries": 0}
        assert await rig.ask(("UpdateFirmware", payload)) == {}
        return
    firmware = {"location": location, "retrieveDateTime": at}
    payload = {"requestId": 7, "retries": 0, "firmware": firmware}
    answer = await rig.ask(("UpdateFirmware", payload))
    assert answer["status"] == "Accepted"


def told(rig: Rig) -> list[str]:
    """Return the statuses that the central system heard, each once in a row."""
    heard = [call.payload["status"] for call in rig.central.received(STATUS)]
    return [status for one, status in zip([None, *heard], heard, strict=False) if status != one]


async def until_told(rig: Rig, status: str, timeout_s: float = 120.0) -> None:
    await rig.until(lambda: status in told(rig), status, timeout_s)


@pytest.mark.requirement("L02.FR.01", "L02.FR.20", "1.6 5.19", "1.6 4.5")
async def test_an_update_is_told_step_by_step_and_ends_with_the_new_version(
    make_rig: MakeRig,
) -> None:
    rig = make_rig(TAKES)
    rig.files[FILE] = b"2.0\n"
    await rig.switch_on()
    await rig.find_line()
    await order(rig)
    await rig.until(lambda: rig.status() == "Unavailable", "no new cars")
    await until_told(rig, "Installed")

    assert told(rig) == WHOLE[rig.words.version]
    assert rig.lives == 2
    boot = rig.central.received("BootNotification")[-1].payload
    station = boot if rig.words.version == "1.6" else boot["chargingStation"]
    assert station["firmwareVersion"] == "2.0"
    assert boot.get("reason") in (None, "FirmwareUpdate")
    await rig.queue_empty()
    events = [each.payload["type"] for each in rig.central.received("SecurityEventNotification")]
    assert "FirmwareUpdated" in events
    assert rig.snapshot().firmware_version == "2.0"
    await rig.until(lambda: rig.status() == "Available", "place for cars")
    await rig.switch_off()
    rig.check()


@pytest.mark.requirement("L02.FR.03", "L02.FR.04")
async def test_it_waits_for_the_car(make_rig: MakeRig) -> None:
    rig = make_rig(TAKES)
    rig.files[FILE] = b"2.0\n"
    await rig.switch_on()
    await rig.find_line()
    rig.plug_in()
    await rig.until(lambda: rig.evse().plugged_in, "car")
    rig.card()
    await rig.charging()
    await order(rig)
    await rig.until(lambda: rig.status(2) == "Unavailable", "no new cars")
    await asyncio.sleep(60)
    assert rig.evse().charging
    assert "Installing" not in told(rig)

    rig.card()
    await until_told(rig, "Installed")
    (page,) = rig.pages
    assert (page.ended, page.reason) == (True, "Local")
    await rig.switch_off()
    rig.check()


@pytest.mark.requirement("L02.FR.19", "TC_L_07_CS")
async def test_a_file_that_is_not_there_and_one_that_is_none(make_rig: MakeRig) -> None:
    rig = make_rig(TAKES)
    rig.files[FILE] = b""
    await rig.switch_on()
    await rig.find_line()
    await order(rig, FILE + "_does_not_exist")
    await until_told(rig, "DownloadFailed")
    await order(rig)
    await until_told(rig, "InstallationFailed")
    await rig.until(lambda: rig.status() == "Available", "place for cars")
    assert rig.lives == 1
    await rig.switch_off()
    rig.check()


@pytest.mark.requirement("L02.FR.08")
async def test_a_lost_line_only_pauses_it(make_rig: MakeRig) -> None:
    rig = make_rig(TAKES)
    await rig.switch_on()
    await rig.find_line()
    await order(rig)
    await rig.go_dark()
    await asyncio.sleep(600)
    rig.files[FILE] = b"2.0\n"
    await rig.find_line()
    await until_told(rig, "Installed")
    await rig.switch_off()
    rig.check()


@pytest.mark.parametrize(
    "status", ["Downloading", "Downloaded", "Installing", "InstallRebooting", "Installed"]
)
async def test_a_cut_at_any_step_leads_on_to_one_end(make_rig: MakeRig, status: str) -> None:
    """Only a cut within the installation fails it; every other one goes on."""
    rig = make_rig(TAKES)
    rig.files[FILE] = b"2.0\n"
    await rig.switch_on()
    await rig.find_line()
    await order(rig)
    await at(rig, status)
    for _ in range(3):
        await rig.cut()
        await rig.switch_on()
    await rig.find_line()

    expected = "InstallationFailed" if status == "Installing" else "Installed"
    await until_told(rig, expected)
    await rig.queue_empty()
    assert [each for each in told(rig) if each in ENDS] == [expected]
    await rig.switch_off()
    rig.check()


ENDS = {"Installed", "InstallationFailed"}


async def at(rig: Rig, status: str) -> None:
    """Return in the very millisecond in which the update gets there."""
    for _ in range(60_000):
        update = rig.snapshot().firmware
        if update is not None and update.status == status:
            return
        await asyncio.sleep(0.001)
    raise AssertionError(f"no {status}")
