"""What every test may use: ``@pytest.mark.sim`` runs an async test on simulated time."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Mapping

import pytest
from hypothesis import settings
from simtime import SimLoop

pytest_plugins = ["conformance"]

# A check says the same thing twice about the same code; `make soak` looks for what is new.
settings.register_profile("check", derandomize=True, deadline=None)
settings.register_profile("explore", deadline=None, max_examples=1000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "check"))


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "sim: an async test on simulated time (tests/simtime.py)")


def pytest_asyncio_loop_factories(
    config: pytest.Config, item: pytest.Item
) -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    """Give tests marked ``sim`` the jumping loop, all others the stock one."""
    if item.get_closest_marker("sim"):
        return {"sim": SimLoop}
    return {"stock": asyncio.new_event_loop}
