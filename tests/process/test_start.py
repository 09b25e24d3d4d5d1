"""What a start loads, and in which order."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

NOT_YET = {
    "aiohttp",
    "asyncssh",
    "chargepoint.commands",
    "chargepoint.demo",
    "chargepoint.front.app",
    "cryptography",
    "jsonschema",
    "prometheus_client",
    "pydantic_settings",
    "pymodbus",
    "rich",
    "serial",
    "typer",
    "yarl",
}

CENTRAL_THAT_NEVER_ANSWERS = """
import asyncio, json, sys, urllib.request
from websockets.asyncio.server import serve

heard = []

async def silent(line):
    heard.append((json.loads(await line.recv())[2], sorted(NOT_YET & set(sys.modules))))
    await line.wait_closed()

async def main():
    async with serve(silent, "127.0.0.1", 0, subprotocols=["ocpp1.6"]) as server:
        port = server.sockets[0].getsockname()[1]
        from chargepoint.agent import Agent
        from chargepoint.settings import load

        agent = Agent(load(None, [f"csms.url=ws://127.0.0.1:{port}", *sys.argv[1:]]))
        living = asyncio.create_task(agent.run())
        await asyncio.wait_for(agent.started.wait(), 30)
        url = agent.front.url + "api/v1/status"
        with await asyncio.to_thread(urllib.request.urlopen, url) as said:
            print(*heard, said.status)
        agent.stop()
        await living

asyncio.run(main())
"""


def test_the_central_system_hears_of_us_before_the_page_is_loaded(tmp_path: Path):
    """And where it does not answer, the page comes all the same."""
    code = f"NOT_YET = {NOT_YET}\n" + CENTRAL_THAT_NEVER_ANSWERS
    said = subprocess.run(
        [sys.executable, "-c", code, f"agent.data_dir={tmp_path}", "api.bind=127.0.0.1:0"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert (said.stdout, said.stderr) == ("('BootNotification', []) 200\n", "")


def test_the_command_line_of_a_start_is_understood_without_the_rest_of_it():
    code = (
        "import sys; from chargepoint import agent, cli\n"
        "agent.run = lambda settings: print(settings.limits.mains_a) or 0\n"
        "sys.argv = ['chargepoint', 'run', '-s', 'limits.mains_a=20']\n"
        "try: cli.main()\n"
        f"finally: print(sorted({NOT_YET} & set(sys.modules)))"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert said.stdout == "20.0\n[]\n"
