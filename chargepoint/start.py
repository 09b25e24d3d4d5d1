"""``chargepoint run``: the order in which a station starts.

The settings come first, so that every mistake in them is told before anything moves. Then
comes what a station is made of, and the agent: the disk, the boards, the central system.
What the first BootNotification does not need is loaded after it, see ``agent.py``.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Sequence
from pathlib import Path


def run(config: Path | None, assignments: Sequence[str]) -> int:
    """Be a station by the file *config* and the ``KEY=VALUE`` *assignments* over it; return
    the exit code. Raises SettingsError with every mistake."""
    gc.disable()  # importing leaves no garbage, and searching for it takes a sixth of the time
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")  # we have none to search for
    from chargepoint.logs import configure
    from chargepoint.settings import load

    settings = load(config, assignments)
    configure(settings.agent.log_level, settings.agent.log_format)
    from chargepoint import agent

    gc.freeze()
    gc.enable()
    return agent.run(settings)
