"""Stores in folders of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from chargepoint.core.messages import SecurityEvent
from chargepoint.core.words import TokenInfo
from chargepoint.store import Store
from profiles.schedule import Profile


@dataclass(frozen=True, slots=True)
class Note:
    text: str
    number: float = 0.0


KINDS: dict[str, Any] = {"note": Note, "word": str, "profile": Profile, "token": TokenInfo}


@pytest.fixture
def kinds() -> dict[str, Any]:
    return KINDS


@pytest.fixture
def note() -> type[Note]:
    return Note


@pytest.fixture
def event() -> Callable[[str], SecurityEvent]:
    """A durable event that says *what*."""
    return lambda what: SecurityEvent(what, datetime(2026, 5, 1, 8, tzinfo=UTC))


@pytest.fixture
def open_store(tmp_path: Path) -> Iterator[Callable[..., Store]]:
    """Open the store of this test; all are closed afterwards."""
    stores: list[Store] = []

    def open_store(folder: Path = tmp_path / "data", **more: Any) -> Store:
        store = Store.open(folder, KINDS, **more)
        stores.append(store)
        return store

    yield open_store
    for store in stores:
        store.close()
