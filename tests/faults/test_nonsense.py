"""A central system that says nothing right: heard, noted, and not answered without end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
from journeys.rig import Rig

from chargepoint.demo.behaviour import Malformed

pytestmark = pytest.mark.sim


async def test_a_wrong_answer_to_a_security_event_is_no_security_event_for_ever(
    make_rig: Callable[..., Rig],
) -> None:
    """Each kind goes into the security log once in a connection (A04)."""
    rig = make_rig()
    rig.script.always("SecurityEventNotification", Malformed('[3,"$id"]'))
    await rig.switch_on()
    await rig.find_line()

    for _ in range(20):
        await rig.central.send_text("[]")
    await asyncio.sleep(3600)

    sent = rig.central.received("SecurityEventNotification")
    kinds = {call.payload["type"] for call in sent}
    attempts = 3
    assert "InvalidMessages" in kinds
    assert len(sent) <= attempts * len(kinds)
    assert rig.disk.store.count_pending() == 0
    await rig.switch_off()
