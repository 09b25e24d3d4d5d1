"""The real page in headless Chromium, served by the real front over a fake station."""

from __future__ import annotations

import asyncio
import importlib.util
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Error, Page, sync_playwright

from chargepoint.front.web import Front

FAKES = Path(__file__).parent.parent / "front" / "fake_door.py"
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
STEP_TIMEOUT_MS = 15_000


class Station:
    """A front in a thread of its own; *door* is touched only from there."""

    def __init__(self, door: Any) -> None:
        self.door = door
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._thread.start()
        self._front = Front(door, "127.0.0.1:0")
        self.start()
        self.url = self._front.url

    def call(self, function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Run *function* where the door lives and return its result."""

        async def run() -> Any:
            return function(*args, **kwargs)

        return asyncio.run_coroutine_threadsafe(run(), self._loop).result()

    def change(self, **fields: Any) -> None:
        self.call(self.door.change, **fields)

    def change_evse(self, **fields: Any) -> None:
        self.call(self.door.change_evse, **fields)

    def start(self) -> None:
        asyncio.run_coroutine_threadsafe(self._front.start(), self._loop).result()

    def stop(self) -> None:
        asyncio.run_coroutine_threadsafe(self._front.stop(), self._loop).result()

    def close(self) -> None:
        self.stop()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


@pytest.fixture(scope="session")
def fakes() -> Any:
    """The fakes of the front's own tests."""
    spec = importlib.util.spec_from_file_location("fake_door", FAKES)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser a module. Playwright's loop runs in this thread as long as it is open, so
    it must be gone before any test of asyncio begins."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=list(FLAGS)
        )
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def tab(browser: Browser) -> Page:
    """One tab for all tests: opening another costs more than most of them."""
    tab = browser.new_page()
    tab.set_default_timeout(STEP_TIMEOUT_MS)
    return tab


@pytest.fixture
def station(fakes: Any) -> Iterator[Station]:
    station = Station(fakes.FakeDoor())
    yield station
    station.close()


@pytest.fixture
def complaints() -> list[str]:
    """What the browser complained about while a page was open."""
    return []


@pytest.fixture
def page(tab: Page, station: Station, complaints: list[str]) -> Iterator[Page]:
    def on_console(message: ConsoleMessage) -> None:
        complaints.append(f"{message.type}: {message.text}")

    def on_error(error: Error) -> None:
        complaints.append(str(error))

    tab.on("console", on_console)
    tab.on("pageerror", on_error)
    tab.set_viewport_size({"width": 1280, "height": 900})
    tab.goto(station.url)
    tab.wait_for_selector("body[data-link=live]")
    yield tab
    tab.remove_listener("console", on_console)
    tab.remove_listener("pageerror", on_error)
    tab.goto("about:blank")
