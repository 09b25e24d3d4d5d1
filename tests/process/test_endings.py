"""Killed, stopped, reset, crowded out, or without a disk."""

from __future__ import annotations

import asyncio
import resource

import pytest
from process.conftest import Start

from chargepoint.demo.central import Central

VERSIONS = pytest.mark.parametrize("version", ["1.6", "2.0.1"])


@VERSIONS
async def test_a_kill_in_mid_charge_ends_the_transaction_with_power_loss(
    start: Start, version: str
) -> None:
    async with Central(versions=(version,)) as central:
        agent = await start(f"csms.url={central.url}")
        station = await central.station()
        await agent.until(lambda now: now["ocpp"]["registration"] == "Accepted")
        await agent.charging()
        await agent.until(lambda now: now["evses"][0]["energy_wh"] > 2)
        shown_wh = (await agent.evse())["energy_wh"]

        await agent.kill()
        agent = await start(f"csms.url={central.url}")
        status = await agent.until(
            lambda now: now["ocpp"]["connected"] and now["ocpp"]["queued"] == 0
        )

        assert status["evses"][0]["energy_wh"] >= shown_wh
        (page,) = station.ledger.transactions.values()
        assert (page.started, page.ended, page.reason) == (True, True, "PowerLoss")
        assert station.ledger.lost == 0
        assert station.errors == []


async def test_a_stop_is_clean_and_what_was_queued_is_told_next_time(start: Start) -> None:
    async with Central() as central:
        agent = await start(f"csms.url={central.url}")
        station = await central.station()
        await agent.until(lambda now: now["ocpp"]["registration"] == "Accepted")
        await agent.charging()
        await agent.post("ocpp/disconnect")
        await agent.until(lambda now: not now["ocpp"]["connected"])
        await agent.post("sim/evse/1/unplug")
        await agent.until(lambda now: now["evses"][0]["transaction_id"] is None)
        await agent.until(lambda now: now["ocpp"]["queued"] > 0)

        assert await agent.stop() == 0
        assert " WARNING " not in agent.text  # to leave and to stop are our own wishes
        agent = await start(f"csms.url={central.url}")
        await agent.until(lambda now: now["ocpp"]["connected"] and now["ocpp"]["queued"] == 0)
        assert await agent.stop() == 0
        assert "connection to the central system closed" in agent.text

        (page,) = station.ledger.transactions.values()
        assert (page.ended, page.reason, page.lost) == (True, "EVDisconnected", 0)


async def test_a_second_process_on_the_same_folder_is_refused(start: Start) -> None:
    first = await start()

    second = await start(wait=False)

    assert await second.left() == 78
    assert f"another chargepoint (pid {first.process.pid}) uses" in second.text
    assert (await first.status())["ready"]


async def test_a_full_disk_refuses_new_sessions_and_lets_the_old_one_go_on(start: Start) -> None:
    async with Central() as central:
        agent = await start(f"csms.url={central.url}", 'evse=[{"id": 1}, {"id": 2}]')
        await agent.until(lambda now: now["ocpp"]["registration"] == "Accepted")
        await agent.charging()
        pid = agent.process.pid
        was = resource.prlimit(pid, resource.RLIMIT_FSIZE)

        resource.prlimit(pid, resource.RLIMIT_FSIZE, (0, was[1]))
        await agent.says("the disk fails")
        await asyncio.sleep(1.5)
        status = await agent.status()
        assert status["evses"][0]["charging"]
        assert any("disk" in warning for warning in status["warnings"])
        await agent.post("sim/evse/2/plug-in")
        await agent.post("authorize", {"id_token": "CARD-2", "evse_ids": [2]}, status=409)

        resource.prlimit(pid, resource.RLIMIT_FSIZE, was)
        await agent.until(lambda now: not any("disk" in each for each in now["warnings"]))
        await agent.post("authorize", {"id_token": "CARD-2", "evse_ids": [2]})
        await agent.until(lambda now: now["evses"][1]["charging"])
        assert await agent.stop() == 0


@VERSIONS
async def test_a_reset_restarts_inside_the_process_and_keeps_the_car(
    start: Start, version: str
) -> None:
    async with Central(versions=(version,)) as central:
        agent = await start(f"csms.url={central.url}")
        station = await central.station()
        await agent.until(lambda now: now["ocpp"]["registration"] == "Accepted")
        await agent.charging()
        mark = station.mark()

        answer = await station.call("Reset", {"type": RESETS[version]})
        await station.wait_for("BootNotification", timeout_s=10, since=mark)

        assert answer["status"] == "Accepted"
        status = await agent.until(lambda now: now["ocpp"]["registration"] == "Accepted")
        assert status["evses"][0]["plugged_in"]
        assert status["evses"][0]["transaction_id"] is None
        (page,) = station.ledger.transactions.values()
        assert page.ended
        assert agent.process.returncode is None


RESETS = {"1.6": "Hard", "2.0.1": "Immediate"}


async def test_a_reset_may_leave_the_process(start: Start) -> None:
    async with Central() as central:
        agent = await start(f"csms.url={central.url}", "agent.reset_action=exit")
        station = await central.station()
        await agent.until(lambda now: now["ocpp"]["registration"] == "Accepted")

        await station.call("Reset", {"type": "Immediate"})

        assert await agent.left() == 0
