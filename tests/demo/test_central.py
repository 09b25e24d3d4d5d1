"""The small central system, seen from the station's end of the line."""

from __future__ import annotations

import asyncio
import base64
import ssl
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime
from typing import Any

import pytest
import trustme
from websockets.exceptions import ConnectionClosed, InvalidStatus

from chargepoint.demo.behaviour import (
    DEFAULT,
    DROP,
    SILENCE,
    TWICE,
    Amend,
    CallError,
    Late,
    Malformed,
)
from chargepoint.demo.central import Central
from chargepoint.demo.peer import CallFailed

Dial = Callable[..., AbstractAsyncContextManager[Any]]

BOOT_16 = {"chargePointVendor": "V", "chargePointModel": "M"}
BOOT_201 = {"reason": "PowerUp", "chargingStation": {"vendorName": "V", "model": "M"}}
BOOTS = {"1.6": BOOT_16, "2.0.1": BOOT_201}


@pytest.mark.parametrize("version", ["1.6", "2.0.1"])
async def test_a_boot_is_accepted_with_time_and_interval(
    central: Central, dial: Dial, version: str
) -> None:
    central.desk.now = lambda: datetime(2026, 3, 1, 8, tzinfo=UTC)
    async with dial(central, version) as client:
        answer = await client.ask("BootNotification", BOOTS[version])

    expected = {"status": "Accepted", "currentTime": "2026-03-01T08:00:00.000Z", "interval": 300}
    assert answer == expected


async def test_the_first_version_that_both_speak_is_taken(central: Central, dial: Dial) -> None:
    async with dial(central, "2.0.1", "1.6") as client:
        assert client.line.subprotocol == "ocpp2.0.1"
        assert (await central.station("CP001")).version == "2.0.1"
    async with Central(versions=("1.6",)) as old, dial(old, "2.0.1", "1.6") as client:
        assert client.line.subprotocol == "ocpp1.6"
    assert central.attempts[0].offered == ("ocpp2.0.1", "ocpp1.6")


@pytest.mark.requirement("OCPP-J 1.6 3.2")
async def test_without_a_common_version_the_handshake_ends_and_the_line_is_closed(
    central: Central, dial: Dial
) -> None:
    async with dial(central, "9.9") as client:
        assert client.line.subprotocol is None
        with pytest.raises(ConnectionClosed):
            await client.hear()


async def test_a_station_id_is_percent_decoded(central: Central, dial: Dial) -> None:
    async with dial(central, "1.6", id="CP%20001%2Fa"):
        assert (await central.station("CP 001/a")).connected


@pytest.mark.requirement("A00.FR.202", "A00.FR.301")
@pytest.mark.requirement("A00.FR.204", "A00.FR.207")
async def test_a_wrong_password_is_401_and_the_right_one_connects(dial: Dial) -> None:
    def basic(password: str) -> dict[str, str]:
        token = base64.b64encode(f"CP001:{password}".encode()).decode()
        return {"Authorization": f"Basic {token}"}

    async with Central(passwords={"CP001": "correct horse"}) as central:
        for headers in ({}, basic("wrong"), {"Authorization": "Basic %%%"}):
            with pytest.raises(InvalidStatus) as refused:
                async with dial(central, "1.6", additional_headers=headers):
                    pass
            assert refused.value.response.status_code == 401
        async with dial(central, "1.6", additional_headers=basic("correct horse")):
            assert (await central.station("CP001")).connected
    assert [attempt.status for attempt in central.attempts] == [401, 401, 401, 101]


async def test_a_wrong_path_is_404(central: Central, dial: Dial) -> None:
    with pytest.raises(InvalidStatus) as refused:
        async with dial(central, "1.6", id="CP001/CP001"):
            pass
    assert refused.value.response.status_code == 404


async def test_it_speaks_tls(dial: Dial) -> None:
    authority = trustme.CA()
    ours = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(ours)
    theirs = ssl.create_default_context()
    authority.configure_trust(theirs)
    async with Central(tls=ours) as central, dial(central, "1.6", ssl=theirs) as client:
        assert central.url.startswith("wss://")
        assert "currentTime" in await client.ask("Heartbeat", {})


async def test_scripted_answers_come_one_each_and_then_the_standing_one(
    central: Central, dial: Dial
) -> None:
    central.script.once("BootNotification", Amend({"status": "Pending", "interval": 2}))
    central.script.once("BootNotification", Amend({"status": "Rejected"}))
    central.script.always("Authorize", lambda payload: {"idTagInfo": {"status": "Blocked"}})
    async with dial(central, "1.6") as client:
        answers = [await client.ask("BootNotification", BOOT_16) for _ in range(3)]
        assert [answer["status"] for answer in answers] == ["Pending", "Rejected", "Accepted"]
        assert answers[0]["interval"] == 2
        blocked = await client.ask("Authorize", {"idTag": "A"})
        assert blocked == {"idTagInfo": {"status": "Blocked"}}
        central.script.always("Authorize", DEFAULT)
        central.desk.tokens["B"] = "Expired"
        assert (await client.ask("Authorize", {"idTag": "A"}))["idTagInfo"]["status"] == "Accepted"
        assert (await client.ask("Authorize", {"idTag": "B"}))["idTagInfo"]["status"] == "Expired"


async def test_it_misbehaves_on_request(central: Central, dial: Dial) -> None:
    central.script.once("Heartbeat", CallError("GenericError", "no"), Malformed('[3,"$id"'), TWICE)
    central.script.once("Heartbeat", SILENCE, Late(0.02), {"odd": True}, DROP)
    async with dial(central, "1.6") as client:
        await client.tell("Heartbeat", {}, "a")
        assert await client.hear() == [4, "a", "GenericError", "no", {}]
        await client.tell("Heartbeat", {}, "b")
        assert await client.line.recv() == '[3,"b"'
        await client.tell("Heartbeat", {}, "c")
        assert (await client.hear())[:2] == (await client.hear())[:2] == [3, "c"]
        await client.tell("Heartbeat", {}, "d")
        await client.tell("Heartbeat", {}, "e")
        await client.tell("Heartbeat", {}, "f")
        assert (await client.hear())[1] == "f"  # d is never answered, e comes late
        assert (await client.hear())[1] == "e"
        await client.tell("Heartbeat", {}, "g")
        with pytest.raises(ConnectionClosed):
            await client.hear()


async def test_it_asks_and_hears_the_answer(central: Central, dial: Dial) -> None:
    async with dial(central, "2.0.1") as client:
        station = await central.station("CP001")
        asking = asyncio.create_task(station.call("ClearCache", {}))
        _, id, action, payload = await client.hear()
        assert (action, payload) == ("ClearCache", {})
        await client.line.send(f'[3,"{id}",{{"status":"Accepted"}}]')
        assert await asking == {"status": "Accepted"}


async def test_a_callerror_and_a_lost_line_are_raised(central: Central, dial: Dial) -> None:
    async with dial(central, "1.6") as client:
        station = await central.station("CP001")
        asking = asyncio.create_task(station.call("Reset", {"type": "Loud"}))
        _, id, _, _ = await client.hear()
        await client.line.send(f'[4,"{id}","PropertyConstraintViolation","type",{{}}]')
        with pytest.raises(CallFailed, match="PropertyConstraintViolation: type"):
            await asking
        asking = asyncio.create_task(station.call("ClearCache", {}))
        await client.hear()
        await client.line.close()
        with pytest.raises(ConnectionError):
            await asking
    with pytest.raises(ConnectionError, match="not connected"):
        await station.call("ClearCache", {})


async def test_waiting_can_start_anywhere_in_the_log(central: Central, dial: Dial) -> None:
    async with dial(central, "1.6") as client:
        station = await central.station("CP001")
        await client.ask("Authorize", {"idTag": "A"})
        seen = station.mark()
        await client.ask("Authorize", {"idTag": "B"})
        assert (await station.wait_for("Authorize")).payload == {"idTag": "A"}
        assert (await station.wait_for("Authorize", since=seen)).payload == {"idTag": "B"}
        found = await station.wait_for("Authorize", lambda payload: payload["idTag"] == "B")
        assert found.connection == 1
        with pytest.raises(TimeoutError, match=r"CP001: no StopTransaction in 0\.01 s"):
            await station.wait_for("StopTransaction", timeout_s=0.01)
        assert [call.action for call in station.received()] == ["Authorize", "Authorize"]


async def test_refusing_and_dropping_leave_the_log_whole(central: Central, dial: Dial) -> None:
    async with dial(central, "1.6") as client:
        await client.ask("Heartbeat", {})
        central.refuse()
        await central.drop()
        with pytest.raises(ConnectionClosed):
            await client.hear()
    with pytest.raises(InvalidStatus) as refused:
        async with dial(central, "1.6"):
            pass
    assert refused.value.response.status_code == 503
    central.refuse(False)
    async with dial(central, "2.0.1") as client:
        await client.ask("Heartbeat", {})
        station = await central.station("CP001")
        assert [call.connection for call in station.received("Heartbeat")] == [1, 2]


async def test_after_stop_the_port_is_taken_again(dial: Dial) -> None:
    central = Central()
    await central.start()
    url = central.url
    await central.stop()
    with pytest.raises(ConnectionRefusedError):
        async with dial(central, "1.6"):
            pass
    async with central:
        assert central.url == url
        async with dial(central, "1.6"):
            assert (await central.station("CP001")).connected


async def test_a_second_line_of_the_same_station_ends_the_first(
    central: Central, dial: Dial
) -> None:
    async with dial(central, "1.6") as old, dial(central, "1.6") as new:
        with pytest.raises(ConnectionClosed):
            await old.hear()
        await new.ask("Heartbeat", {})
        assert central.peers["CP001"].connections == 2


async def test_events_of_2_0_1_hear_of_their_token(central: Central, dial: Dial) -> None:
    central.desk.tokens["B"] = "Blocked"
    token = {"idToken": {"idToken": "B", "type": "ISO14443"}}
    async with dial(central, "2.0.1") as client:
        assert (await client.ask("Authorize", token))["idTokenInfo"] == {"status": "Blocked"}
        event: dict[str, Any] = {
            "seqNo": 0,
            "timestamp": "2026-03-01T08:00:00Z",
            "eventType": "Started",
        }
        event["transactionInfo"] = {"transactionId": "T"}
        assert await client.ask("TransactionEvent", event | token) == {
            "idTokenInfo": {"status": "Blocked"}
        }
        assert await client.ask("TransactionEvent", event | {"seqNo": 1}) == {}
        assert await client.ask("SignCertificate", {"csr": ""}) == {"status": "Accepted"}
        vendor = await client.ask("DataTransfer", {"vendorId": "x"})
        assert vendor == {"status": "UnknownVendorId"}


async def test_a_call_without_an_answer_times_out_and_its_late_answer_is_noted(
    central: Central, dial: Dial
) -> None:
    async with dial(central, "1.6") as client:
        station = await central.station("CP001")
        with pytest.raises(TimeoutError):
            await station.call("ClearCache", {}, timeout_s=0.01)
        _, id, _, _ = await client.hear()
        await client.line.send(f'[3,"{id}",{{"status":"Accepted"}}]')
        await client.ask("Heartbeat", {})
        assert station.errors == [f"an answer to nothing that was asked: {id}"]


async def test_stopping_and_dropping_need_nobody_there(dial: Dial) -> None:
    central = Central()
    await central.stop()
    async with central, dial(central, "1.6"):
        await central.station("CP001")
    await central.drop()
    assert not central.peers["CP001"].connected
