"""An event loop whose clock jumps: hours of waiting take no time at all.

Nothing sleeps on it. When no task is ready, the next timer is due now; when none is
set either, every task waits for ever and the loop says so instead of hanging. While
work runs in an executor (``asyncio.to_thread``) the clock stands still and the loop
really waits for it. Sockets wake a loop from outside: such tests use the stock loop.
"""

from __future__ import annotations

import asyncio
import selectors
from concurrent.futures import Executor
from typing import Any


class _JumpingSelector(selectors.DefaultSelector):
    """Serve what is ready; when nothing is, let the next timer be due now."""

    def __init__(self) -> None:
        super().__init__()
        self.now_s = 0.0
        self.threads_at_work = 0

    def select(self, timeout: float | None = None) -> list[Any]:
        ready = super().select(None if self.threads_at_work and timeout != 0 else 0)
        if ready:
            return ready
        if timeout is None:
            raise RuntimeError("every task waits and no timer is set: deadlock")
        self.now_s += timeout
        return ready


class SimLoop(asyncio.SelectorEventLoop):
    """The loop of ``@pytest.mark.sim`` tests; ``time()`` starts at 0."""

    def __init__(self) -> None:
        self._jumping = _JumpingSelector()
        super().__init__(self._jumping)

    def time(self) -> float:
        """Return simulated seconds."""
        return self._jumping.now_s

    def run_in_executor(self, executor: Executor | None, func: Any, *args: Any) -> Any:
        """Run *func* in a thread; simulated time stands still until it is done."""
        future = super().run_in_executor(executor, func, *args)
        self._jumping.threads_at_work += 1
        future.add_done_callback(self._thread_is_done)
        return future

    async def shutdown_default_executor(self) -> None:
        """Really wait for the threads to end."""
        self._jumping.threads_at_work += 1
        try:
            await super().shutdown_default_executor()
        finally:
            self._jumping.threads_at_work -= 1

    def _thread_is_done(self, _: object) -> None:
        self._jumping.threads_at_work -= 1
