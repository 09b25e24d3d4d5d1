"""A serial port with simulated devices, and a console that can be read."""

from collections.abc import AsyncIterator
from io import StringIO
from pathlib import Path

import pytest
from modbus_devices import Devices, SerialEnd
from rich.console import Console


@pytest.fixture
async def end(tmp_path: Path) -> AsyncIterator[SerialEnd]:
    """Yield the far end of a serial port."""
    end = SerialEnd(tmp_path / "ttyUSB0", Devices())
    yield end
    await end.close()


@pytest.fixture
def console() -> Console:
    """Return a wide console whose text is in ``console.file``."""
    return Console(file=StringIO(), width=200)
