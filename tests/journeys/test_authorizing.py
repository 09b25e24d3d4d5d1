"""Who may charge, over the wire: part 6 TC_C_*_CS, and the same rules in 1.6."""

from __future__ import annotations

import asyncio

import pytest
from journeys.office import Office
from journeys.rig import Rig

pytestmark = pytest.mark.sim

REFUSALS = ["Invalid", "Blocked", "Expired"]


@pytest.fixture
def office(rig: Rig) -> Office:
    return Office(rig)


@pytest.mark.requirement(
    *("C01.FR.02", "1.6 4.1", "TC_C_02_CS", "TC_C_05_CS", "TC_C_06_CS", "TC_C_07_CS"),
)
@pytest.mark.parametrize("status", REFUSALS)
async def test_a_refused_card_starts_nothing(office: Office, status: str) -> None:
    office.says("ANNA", status)
    await office.arrives()
    assert not await office.charges("ANNA")
    assert office.asked() == ["ANNA"]
    assert office.rig.told() == []


@pytest.mark.requirement("C01.FR.02", "TC_C_56_CS")
async def test_an_unknown_card_starts_nothing(office: Office) -> None:
    office.says("ANNA", "Invalid" if office.is_16 else "Unknown")
    await office.arrives()
    assert not await office.charges("ANNA")


@pytest.mark.requirement("C09.FR.03", "C09.FR.05", "1.6 4.1", "TC_C_04_CS", "TC_C_42_CS")
@pytest.mark.parametrize(("status", "group"), [("Accepted", ""), ("Blocked", "HOME")])
async def test_another_card_does_not_stop(office: Office, status: str, group: str) -> None:
    office.says("ANNA", group="HOME")
    office.says("BERT", status, group)
    await office.arrives()
    assert await office.charges("ANNA")
    assert await office.charges("BERT")
    assert office.asked() == ["ANNA", "BERT"]


@pytest.mark.requirement("C09.FR.03", "C09.FR.05", "1.6 3.6", "TC_C_39_CS")
async def test_a_card_of_the_group_stops(office: Office) -> None:
    office.says("ANNA", group="HOME")
    office.says("BERT", group="HOME")
    await office.arrives()
    assert await office.charges("ANNA")
    assert not await office.charges("BERT")
    await office.rig.over()
    assert office.asked() == ["ANNA", "BERT"]


@pytest.mark.requirement("C09.FR.07", "C01.FR.03", "TC_C_40_CS", "TC_C_41_CS")
@pytest.mark.parametrize("where", ["list", "cache"])
async def test_a_known_card_of_the_group_stops_unasked(office: Office, where: str) -> None:
    await office.knows(where, "BERT", "Accepted", "HOME")
    office.says("ANNA", group="HOME")
    await office.arrives()
    assert await office.charges("ANNA")
    mark = office.rig.central.mark()
    assert not await office.charges("BERT")
    assert office.asked(mark) == []


@pytest.mark.requirement("C09.FR.11", "TC_C_43_CS", "TC_C_44_CS")
@pytest.mark.parametrize("where", ["list", "cache"])
async def test_a_known_card_that_is_refused_does_not_stop(office: Office, where: str) -> None:
    await office.knows(where, "BERT", "Blocked", "HOME")
    office.says("BERT", "Blocked", "HOME")
    office.says("ANNA", group="HOME")
    await office.arrives()
    assert await office.charges("ANNA")
    assert await office.charges("BERT")


@pytest.mark.requirement("C12.FR.02", "C14.FR.02", "1.6 3.5", "TC_C_08_CS", "TC_C_27_CS")
@pytest.mark.parametrize("where", ["list", "cache"])
async def test_a_known_card_starts_unasked(office: Office, where: str) -> None:
    await office.knows(where, "ANNA", "Accepted")
    mark = office.rig.central.mark()
    await office.arrives()
    assert await office.charges("ANNA")
    assert office.asked(mark) == []


@pytest.mark.requirement("C12.FR.02", "TC_C_13_CS")
async def test_a_known_card_may_come_before_its_car(office: Office) -> None:
    await office.knows("cache", "ANNA", "Accepted")
    mark = office.rig.central.mark()
    office.rig.card("ANNA")
    await asyncio.sleep(5)
    await office.arrives()
    await office.rig.charging()
    assert office.asked(mark) == []


@pytest.mark.requirement(
    *("C10.FR.03", "C12.FR.05", "C14.FR.03", "1.6 3.5.1"),
    *("TC_C_09_CS", "TC_C_10_CS", "TC_C_11_CS", "TC_C_12_CS"),
    *("TC_C_28_CS", "TC_C_29_CS", "TC_C_30_CS", "TC_C_31_CS"),
)
@pytest.mark.parametrize("now", ["Invalid", "Accepted"])
@pytest.mark.parametrize("then", REFUSALS)
@pytest.mark.parametrize("where", ["list", "cache"])
async def test_a_refusal_is_asked_again(office: Office, where: str, then: str, now: str) -> None:
    await office.knows(where, "ANNA", then)
    office.says("ANNA", now)
    mark = office.rig.central.mark()
    await office.arrives()
    assert await office.charges("ANNA") is (now == "Accepted")
    assert office.asked(mark) == ["ANNA"]


@pytest.mark.requirement("C12.FR.06", "1.6 3.5.1", "TC_C_36_CS")
async def test_without_preauthorization_a_known_card_is_asked_for(office: Office) -> None:
    await office.knows("cache", "ANNA", "Accepted")
    await office.set("preauthorizes", "false")
    office.says("ANNA", "Invalid")
    mark = office.rig.central.mark()
    await office.arrives()
    assert not await office.charges("ANNA")
    assert office.asked(mark) == ["ANNA"]


@pytest.mark.requirement("C10.FR.02", "1.6 3.5.1", "TC_C_32_CS")
@pytest.mark.parametrize("how", ["reset", "power cut"])
async def test_the_cache_outlives_a_restart(office: Office, how: str) -> None:
    await office.knows("cache", "ANNA", "Accepted")
    await office.restart(how)
    mark = office.rig.central.mark()
    await office.arrives()
    assert await office.charges("ANNA")
    assert office.asked(mark) == []


@pytest.mark.requirement("C10.FR.04", "C10.FR.05", "1.6 4.8", "TC_C_33_CS", "TC_C_34_CS")
async def test_the_cache_learns_from_the_answer_to_a_transaction(office: Office) -> None:
    await office.knows("cache", "ANNA", "Accepted")
    office.says("ANNA", "Invalid")
    await office.arrives()
    office.rig.card("ANNA")
    await asyncio.sleep(12)
    await office.rig.over()
    await office.leaves()
    mark = office.rig.central.mark()
    await office.arrives()
    assert not await office.charges("ANNA")
    assert office.asked(mark) == ["ANNA"]


@pytest.mark.requirement("C11.FR.01", "C11.FR.02", "C11.FR.03", "1.6 5.4", "TC_C_37_CS")
async def test_a_cleared_cache_knows_nobody(office: Office) -> None:
    await office.knows("cache", "ANNA", "Accepted")
    await office.rig.order(("ClearCache", {}))
    mark = office.rig.central.mark()
    await office.arrives()
    assert await office.charges("ANNA")
    assert office.asked(mark) == ["ANNA"]


@pytest.mark.requirement("C11.FR.04", "1.6 5.4", "TC_C_38_CS")
async def test_a_cache_that_is_off_cannot_be_cleared(office: Office) -> None:
    await office.set("cache", "false")
    assert (await office.rig.ask(("ClearCache", {})))["status"] == "Rejected"


class TestIn201:
    """What only 2.0.1 can be told."""

    @pytest.fixture
    def version(self) -> str:
        return "2.0.1"

    @pytest.mark.requirement("C12.FR.05", "C14.FR.03", "TC_C_57_CS", "TC_C_58_CS")
    @pytest.mark.parametrize("where", ["list", "cache"])
    async def test_a_refusal_may_stand(self, office: Office, where: str) -> None:
        await office.knows(where, "ANNA", "Invalid")
        await office.set(f"{where} asks no more", "true")
        mark = office.rig.central.mark()
        await office.arrives()
        assert not await office.charges("ANNA")
        assert office.asked(mark) == []

    @pytest.mark.requirement("C10.FR.10", "TC_C_46_CS")
    async def test_a_cached_card_is_forgotten_in_time(self, office: Office) -> None:
        await office.knows("cache", "ANNA", "Accepted")
        await office.set("cached for", "60")
        await asyncio.sleep(61)
        mark = office.rig.central.mark()
        await office.arrives()
        assert await office.charges("ANNA")
        assert office.asked(mark) == ["ANNA"]

    @pytest.mark.requirement("C16.FR.03", "C12.FR.09", "TC_C_45_CS")
    async def test_a_master_pass_starts_nothing(self, office: Office) -> None:
        await office.set("master", "POLICE")
        office.says("OFFICER", group="POLICE")
        await office.arrives()
        assert not await office.charges("OFFICER")
        assert not await office.charges("OFFICER")
        assert office.rig.told() == []

    @pytest.mark.requirement("C16.FR.02", "C16.FR.07", "TC_C_14_CS", "TC_C_49_CS")
    @pytest.mark.parametrize("known", [True, False])
    async def test_a_master_pass_stops_everything(self, office: Office, known: bool) -> None:
        rig = office.rig
        await office.set("master", "POLICE")
        if known:
            await office.send(1, OFFICER=("Accepted", "POLICE"))
        office.says("OFFICER", group="POLICE")
        for evse_id, card in ((1, "ANNA"), (2, "BERT")):
            await office.arrives(evse_id)
            assert await office.charges(card, evse_id)
        mark = rig.central.mark()
        rig.card("OFFICER")
        await rig.over(1)
        await rig.over(2)
        assert office.asked(mark) == ([] if known else ["OFFICER"])
        last = [call.payload for call in office.events()[-2:]]
        assert [each["transactionInfo"]["stoppedReason"] for each in last] == ["MasterPass"] * 2
        assert [each["triggerReason"] for each in last] == ["StopAuthorized"] * 2
        assert [each["idToken"]["idToken"] for each in last] == ["OFFICER"] * 2

    @pytest.mark.requirement("AuthCtrlr.DisableRemoteAuthorization")
    async def test_nobody_is_asked_where_that_is_off(self, office: Office) -> None:
        await office.send(1, ANNA="Accepted")
        await office.set("asks never", "true")
        await office.arrives()
        assert not await office.charges("STRANGER")
        assert await office.charges("ANNA")
        assert office.asked() == []
