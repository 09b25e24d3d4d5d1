"""The agent as a process against a central system that we did not write, in both versions.

One story each: register, plug in, remote start, a profile and its composite schedule,
the line is cut and comes back, remote stop. The other side checks every frame against
the published schemas.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import pytest

Payload = dict[str, Any]

CONFIG = """
[agent]
data_dir = "{data_dir}"

[api]
bind = "127.0.0.1:{api_port}"

[station]
id = "CP 001"

[csms]
url = "ws://127.0.0.1:{central_port}/ocpp"
ocpp_versions = ["{version}"]

[reconnect]
wait_min_s = 1
random_range_s = 0
repeat_times = 0

[ocpp16]
MeterValueSampleInterval = "1"
AuthorizeRemoteTxRequests = "false"

[[ocpp201.variables]]
component = "SampledDataCtrlr"
variable = "TxUpdatedInterval"
value = "1"

[[ocpp201.variables]]
component = "AuthCtrlr"
variable = "AuthorizeRemoteStart"
value = "false"

[[ocpp201.variables]]
component = "OCPPCommCtrlr"
variable = "RetryBackOffWaitMinimum"
value = "1"

[[ocpp201.variables]]
component = "OCPPCommCtrlr"
variable = "RetryBackOffRandomRange"
value = "0"
"""


class Central(Protocol):
    """What the story asks of the other side; see conftest.py."""

    news: list[Payload]

    async def news_of(
        self, kind: str, where: Callable[[Payload], bool] = ..., *, since: int = ...
    ) -> Payload: ...
    async def told(
        self, action: str, where: Callable[[Payload], bool] = ..., since: int = ...
    ) -> Payload: ...
    def all_told(self, action: str, since: int = ...) -> list[Payload]: ...
    async def call(self, action: str, payload: Payload) -> Payload: ...
    async def order(self, order: str, **details: Any) -> None: ...


class Agent(Protocol):
    """What the story asks of ours; see conftest.py."""

    async def status(self) -> Payload: ...
    async def post(self, path: str, body: Payload) -> None: ...
    async def until(self, true: Callable[[Payload], bool]) -> Payload: ...
    async def stop(self) -> int: ...


Start = Callable[[str, int, Path], Awaitable[Agent]]
PERIODS = [{"startPeriod": 0, "limit": 10.0}]


@dataclass(frozen=True, slots=True)
class Words16:
    """The story in OCPP 1.6."""

    central: Central
    version = "1.6"

    async def status_is(self, word: str) -> None:
        await self.central.told("StatusNotification", lambda told: told["status"] == word)

    async def plugged_in(self) -> None:
        await self.status_is("Preparing")

    async def start(self) -> str:
        asked = {"connectorId": 1, "idTag": "DRIVER1"}
        assert await self.central.call("RemoteStartTransaction", asked) == {"status": "Accepted"}
        started = await self.central.told("StartTransaction")
        assert (started["connectorId"], started["idTag"]) == (1, "DRIVER1")
        await self.status_is("Charging")
        return "1"  # the first that central.mjs gives

    async def set_profile(self, transaction: str) -> Payload:
        profile = {
            "chargingProfileId": 7,
            "transactionId": int(transaction),
            "stackLevel": 1,
            "chargingProfilePurpose": "TxProfile",
            "chargingProfileKind": "Relative",
            "chargingSchedule": {"chargingRateUnit": "A", "chargingSchedulePeriod": PERIODS},
        }
        asked = {"connectorId": 1, "csChargingProfiles": profile}
        return await self.central.call("SetChargingProfile", asked)

    async def composite(self) -> Payload:
        asked = {"connectorId": 1, "duration": 60, "chargingRateUnit": "A"}
        answer = await self.central.call("GetCompositeSchedule", asked)
        assert (answer["status"], answer["connectorId"]) == ("Accepted", 1)
        schedule: Payload = answer["chargingSchedule"]
        return schedule

    async def offline_told(self, since: int) -> None:
        times = [
            told["meterValue"][0]["timestamp"] for told in self.central.all_told("MeterValues")
        ]
        assert times == sorted(times)
        assert self.central.all_told("MeterValues", since)

    async def stop(self, transaction: str) -> None:
        asked = {"transactionId": int(transaction)}
        assert await self.central.call("RemoteStopTransaction", asked) == {"status": "Accepted"}
        stopped = await self.central.told("StopTransaction")
        started = await self.central.told("StartTransaction")
        assert (stopped["transactionId"], stopped["reason"]) == (int(transaction), "Remote")
        assert stopped["meterStop"] > started["meterStart"]


@dataclass(frozen=True, slots=True)
class Words201:
    """The story in OCPP 2.0.1."""

    central: Central
    version = "2.0.1"

    async def plugged_in(self) -> None:
        await self.central.told(
            "StatusNotification", lambda told: told["connectorStatus"] == "Occupied"
        )

    async def start(self) -> str:
        token = {"idToken": "DRIVER1", "type": "Central"}
        asked = {"remoteStartId": 31, "evseId": 1, "idToken": token}
        answer = await self.central.call("RequestStartTransaction", asked)
        assert answer["status"] == "Accepted"
        remote = await self.central.told(
            "TransactionEvent", lambda told: told["transactionInfo"].get("remoteStartId") == 31
        )
        assert remote["triggerReason"] == "RemoteStart"
        charging = await self.central.told(
            "TransactionEvent",
            lambda told: told["transactionInfo"].get("chargingState") == "Charging",
        )
        transaction: str = charging["transactionInfo"]["transactionId"]
        assert remote["transactionInfo"]["transactionId"] == transaction
        return transaction

    async def set_profile(self, transaction: str) -> Payload:
        schedule = {"id": 1, "chargingRateUnit": "A", "chargingSchedulePeriod": PERIODS}
        profile = {
            "id": 7,
            "transactionId": transaction,
            "stackLevel": 1,
            "chargingProfilePurpose": "TxProfile",
            "chargingProfileKind": "Relative",
            "chargingSchedule": [schedule],
        }
        asked = {"evseId": 1, "chargingProfile": profile}
        return await self.central.call("SetChargingProfile", asked)

    async def composite(self) -> Payload:
        asked = {"evseId": 1, "duration": 60, "chargingRateUnit": "A"}
        answer = await self.central.call("GetCompositeSchedule", asked)
        schedule: Payload = answer["schedule"]
        assert (answer["status"], schedule["evseId"]) == ("Accepted", 1)
        return schedule

    async def offline_told(self, since: int) -> None:
        events = self.central.all_told("TransactionEvent", since)
        assert any(event.get("offline") for event in events)
        self._check_order()

    async def stop(self, transaction: str) -> None:
        asked = {"transactionId": transaction}
        answer = await self.central.call("RequestStopTransaction", asked)
        assert answer["status"] == "Accepted"
        ended = await self.central.told(
            "TransactionEvent", lambda told: told["eventType"] == "Ended"
        )
        assert ended["transactionInfo"]["stoppedReason"] == "Remote"
        self._check_order()

    def _check_order(self) -> None:
        events = self.central.all_told("TransactionEvent")
        assert [event["seqNo"] for event in events] == list(range(len(events)))


@pytest.mark.parametrize("words_of", [Words16, Words201], ids=["1.6", "2.0.1"])
async def test_the_main_job_against_an_independent_central_system(
    words_of: type[Words16 | Words201],
    central: Central,
    start_agent: Start,
    free_port: int,
    tmp_path: Path,
) -> None:
    words = words_of(central)
    central_port = (await central.news_of("listening"))["port"]
    config = CONFIG.format(
        data_dir=tmp_path / "data",
        api_port=free_port,
        central_port=central_port,
        version=words.version,
    )
    agent = await start_agent(config, free_port, tmp_path)

    connected = await central.news_of("connected")
    assert (connected["protocol"], connected["identity"]) == (f"ocpp{words.version}", "CP 001")
    await central.told("BootNotification")
    await agent.until(lambda shown: shown["ocpp"]["registration"] == "Accepted")

    await agent.post("sim/evse/1/plug-in", {"max_current_a": 32, "phases": 3})
    await words.plugged_in()
    transaction = await words.start()
    await agent.until(lambda shown: shown["evses"][0]["offer_a"] > 10)

    assert (await words.set_profile(transaction))["status"] == "Accepted"
    shown = await agent.until(lambda shown: shown["evses"][0]["offer_a"] == 10)
    assert "7" in shown["evses"][0]["binding"]
    composite = await words.composite()
    assert composite["chargingRateUnit"] == "A"
    assert composite["chargingSchedulePeriod"][0]["startPeriod"] == 0
    assert composite["chargingSchedulePeriod"][0]["limit"] == 10

    await _cut_and_come_back(central, agent, words)

    await words.stop(transaction)
    await agent.post("sim/evse/1/unplug", {})
    await agent.until(lambda shown: shown["evses"][0]["connectors"][0]["status"] == "Available")
    await agent.until(lambda shown: shown["ocpp"]["queued"] == 0)
    assert await agent.stop() == 0
    assert [news["why"] for news in central.news if news["news"] == "complaint"] == []


async def _cut_and_come_back(central: Central, agent: Agent, words: Words16 | Words201) -> None:
    """The line breaks for a while: charging goes on, and nothing that happened is lost."""
    cut = len(central.news)
    await central.order("refuse", refuse=True)
    await central.order("cut")
    await central.news_of("disconnected", since=cut)
    offline = await agent.until(lambda shown: shown["ocpp"]["queued"] >= 2)
    assert (offline["ocpp"]["connected"], offline["evses"][0]["charging"]) == (False, True)

    await central.order("refuse", refuse=False)
    await central.news_of("connected", since=cut)
    await agent.until(lambda shown: shown["ocpp"]["connected"] and shown["ocpp"]["queued"] == 0)
    await words.offline_told(since=cut)
    assert central.all_told("BootNotification", cut) == []
