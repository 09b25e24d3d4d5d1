"""Profiles written short, for tables and tests."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from profiles.schedule import Kind, Period, Profile, Purpose, Schedule, Unit

# The clock on the wall is not under test, and the machine may be busy.
settings.register_profile("steady", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("steady")

T = datetime(2026, 3, 30, 8, 0, tzinfo=UTC)


def instant(value: str | int | None, at: datetime) -> datetime | None:
    if value is None:
        return None
    if isinstance(value, str):
        return datetime.fromisoformat(value).astimezone(UTC)
    return at + timedelta(seconds=value)


def make(id: int = 1, at: datetime = T, **row: Any) -> Profile:
    """Return a profile from a row: seconds are relative to *at*, periods are lists."""
    schedule = Schedule(
        Unit(row.pop("unit", "A")),
        tuple(Period(*period) for period in row.pop("periods", [[0, 16]])),
        instant(row.pop("start", 0), at),
        row.pop("duration_s", None),
    )
    return Profile(
        id,
        row.pop("evse", 1),
        Purpose(row.pop("purpose", "tx default")),
        row.pop("level", 0),
        Kind(row.pop("kind", "absolute")),
        row.pop("schedules", (schedule,)),
        valid_from=instant(row.pop("valid_from", None), at),
        valid_to=instant(row.pop("valid_to", None), at),
        transaction_id=row.pop("transaction", None),
        **row,
    )


@pytest.fixture(scope="session")
def profile() -> Callable[..., Profile]:
    return make
