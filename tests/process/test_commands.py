"""The other commands, as somebody types them."""

from __future__ import annotations

import asyncio

import pytest
from process.conftest import Start, command, environment


async def run(*args: str) -> tuple[int, str]:
    """Run to the end; return the exit code and all that was said."""
    process = await asyncio.create_subprocess_exec(
        *command(*args),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        env=environment(),
    )
    said, _ = await process.communicate()
    assert process.returncode is not None
    return process.returncode, said.decode()


async def test_status_shows_what_binds(start: Start) -> None:
    agent = await start("offline.authorization=any")
    await agent.charging()

    code, said = await run("status", "--url", str(agent.http._base_url))

    assert code == 0
    assert "binds" in said
    assert "mains" in said


async def test_status_without_a_station_says_so() -> None:
    code, said = await run("status", "--url", "http://127.0.0.1:9")

    assert code not in (0, 78)
    assert "Traceback" not in said


MISTAKES = {
    "limits.mains_b=20": "limits.mains_b",
    "limits.mains_a=many": "limits.mains_a",
    "api.bind=0.0.0.0:0": "api.password",
    'tls.csms_root_ca=["/nowhere/root.pem"]': "/nowhere/root.pem",
    "hardware.driver=unheard_of": "unheard_of",
}


@pytest.mark.parametrize("mistake", MISTAKES)
async def test_a_mistake_is_named_before_anything_starts(mistake: str) -> None:
    code, said = await run("run", "--set", mistake)

    assert code == 78
    assert MISTAKES[mistake] in said
    assert "Traceback" not in said


async def test_a_folder_that_cannot_be_used_is_named(start: Start) -> None:
    agent = await start("agent.data_dir=/proc/nowhere", wait=False)

    assert await agent.left() == 78
    assert "/proc/nowhere" in agent.text
