"""A clock that stands still until it is told to go, and a simulated world on it."""

from collections.abc import Awaitable, Callable, Mapping

import pytest

from hardware import registry
from hardware.api import EvseBoard, Simulator
from hardware.registry import Context, Registers
from hardware.wiring import WiredMeter


class Clock:
    """Monotonic seconds, moved by hand."""

    def __init__(self) -> None:
        self.now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s

    def go(self, seconds: float) -> None:
        self.now_s += seconds


class Disk:
    """Keeps what was saved; it can be full or slow, and it counts."""

    def __init__(self) -> None:
        self.saved: dict[str, dict[str, float]] = {}
        self.saves = 0
        self.full = False
        self.meanwhile: Callable[[], Awaitable[None]] | None = None

    async def save(self, registers: Registers) -> None:
        if self.full:
            raise OSError("no space left")
        if self.meanwhile is not None:
            await self.meanwhile()
        self.saves += 1
        self.saved = {place: dict(counted) for place, counted in registers.items()}


class Bench:
    """A simulated world with everything that a test wants to open on it."""

    def __init__(self, clock: Clock, disk: Disk, settings: Mapping[str, object]) -> None:
        self.clock = clock
        self.disk = disk
        self.sim: Simulator = registry.open_simulator(settings, clock, disk.saved, disk.save)

    def context(self, place: str) -> Context:
        return Context(place, self.clock, self.sim)

    def board(self, evse_id: int = 1, **settings: object) -> EvseBoard:
        return registry.open_board("sim", settings, self.context(f"evse/{evse_id}"))

    def meter(self, place: str) -> WiredMeter:
        return registry.open_meter("sim", {}, self.context(place))


@pytest.fixture
def clock() -> Clock:
    """Return a clock that stands at 1000 s."""
    return Clock()


@pytest.fixture
def disk() -> Disk:
    """Return an empty disk."""
    return Disk()


@pytest.fixture
def bench_on(clock: Clock, disk: Disk) -> Callable[..., Bench]:
    """Return a way to start a process: a simulated world on the clock and the disk."""
    return lambda **settings: Bench(clock, disk, settings)


@pytest.fixture
def bench(bench_on: Callable[..., Bench]) -> Bench:
    """Return a simulated world as it is by default."""
    return bench_on()
