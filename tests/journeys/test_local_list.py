"""The local list over the wire, and over power cuts: part 6 TC_D_*_CS, 1.6 the same."""

from __future__ import annotations

import asyncio

import pytest
from journeys.conftest import MakeRig
from journeys.office import Office
from journeys.rig import PowerCut, Rig

pytestmark = pytest.mark.sim


@pytest.fixture
def office(rig: Rig) -> Office:
    return Office(rig)


@pytest.mark.requirement(
    *("D01.FR.02", "D01.FR.15", "D02.FR.01", "1.6 5.10", "1.6 5.15"),
    *("TC_D_01_CS", "TC_D_08_CS"),
)
async def test_a_full_list_is_taken_and_has_its_version(office: Office) -> None:
    assert await office.version() == 0
    assert await office.send(3, ANNA="Accepted", BERT="Blocked") == "Accepted"
    assert await office.version() == 3


@pytest.mark.requirement("D01.FR.16", "D01.FR.17", "1.6 5.15", "TC_D_02_CS", "TC_D_03_CS")
async def test_changes_add_and_take_out(office: Office) -> None:
    await office.set("preauthorizes", "true")
    await office.send(1, ANNA="Accepted")
    assert await office.send(2, full=False, BERT="Accepted") == "Accepted"
    assert await office.send(3, full=False, ANNA=None) == "Accepted"
    assert await office.version() == 3

    await office.arrives()
    assert await office.charges("BERT")
    assert office.asked() == []
    await office.arrives(2)
    assert await office.charges("ANNA", 2)
    assert office.asked() == ["ANNA"]


@pytest.mark.requirement("D01.FR.04", "D01.FR.05", "1.6 5.10", "TC_D_04_CS", "TC_D_05_CS")
async def test_an_empty_list_empties_and_empty_changes_do_not(office: Office) -> None:
    await office.send(1, ANNA="Accepted")
    assert await office.send(2, full=False) == "Accepted"
    assert await office.version() == 2
    assert await office.send(3) == "Accepted"
    emptied = 0 if office.rig.words.version == "1.6" else 3
    assert await office.version() == emptied


@pytest.mark.requirement("D01.FR.19", "1.6 7.47", "TC_D_06_CS")
async def test_old_changes_are_a_mismatch(office: Office) -> None:
    await office.send(5, ANNA="Accepted")
    assert await office.send(5, full=False, BERT="Accepted") == "VersionMismatch"
    assert await office.send(4, full=False) == "VersionMismatch"
    assert await office.version() == 5


@pytest.mark.requirement("D01.FR.10", "1.6 3.5.2", "TC_D_07_CS")
@pytest.mark.parametrize("how", ["reset", "power cut"])
async def test_the_list_outlives_a_restart(office: Office, how: str) -> None:
    await office.send(4, ANNA="Accepted")
    await office.restart(how)
    assert await office.version() == 4


@pytest.mark.requirement("D02.FR.03", "1.6 9.2.1", "TC_D_10_CS")
async def test_a_list_that_is_off_has_no_version(office: Office) -> None:
    await office.send(4, ANNA="Accepted")
    await office.set("list", "false")
    is_16 = office.rig.words.version == "1.6"
    assert await office.version() == (-1 if is_16 else 0)
    assert await office.send(5) == ("NotSupported" if is_16 else "Failed")


@pytest.mark.requirement("D01.FR.11", "1.6 9.2.3")
async def test_a_list_of_the_longest_kind_does_not_hold_up_a_session(office: Office) -> None:
    rig = office.rig
    await office.arrives()
    assert await office.charges()
    tokens = {f"T{number}": "Accepted" for number in range(1000)}
    assert await office.send(1, **tokens) == "Accepted"
    assert await office.send(2, full=False, **tokens, ONE_MORE="Accepted") == "Failed"
    await asyncio.sleep(5)
    assert rig.contactor()
    assert await office.version() == 1


@pytest.mark.requirement("D01.FR.10")
@pytest.mark.parametrize("at", ["begin", "changed", "removed", "committed"])
async def test_a_cut_within_the_write_leaves_the_old_list_or_the_new_one(
    make_rig: MakeRig, at: str
) -> None:
    armed = False

    def die(step: str) -> None:
        if armed and step == at:
            rig.sever()
            raise PowerCut

    rig = make_rig(on_step=die)
    await rig.switch_on()
    await rig.find_line()
    office = Office(rig)
    await office.send(1, ANNA="Accepted", BERT="Blocked")
    armed = True
    with pytest.raises(ConnectionError):  # nothing was promised
        await office.send(2, CARL="Accepted", DORA="Accepted")
    armed = False
    await rig.bury()
    await rig.switch_on()

    kept = await rig.disk.load()
    names = {entry.token.id for entry in kept["local_list"].values()}
    version = kept["local_list_version"]["version"]
    assert (version, names) in [(1, {"ANNA", "BERT"}), (2, {"CARL", "DORA"})]
    await rig.switch_off()
