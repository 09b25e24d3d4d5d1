"""What must survive a power cut: memory, outbox, and what was set aside.

Plain calls that return when the disk has it. One thread at a time may use a Store.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Self

from chargepoint.core.messages import Batch, DurableEvent
from chargepoint.core.values import dataclass
from chargepoint.errors import StoreError
from chargepoint.store.codec import Codec, Unreadable
from chargepoint.store.database import in_sentences, open_database, transaction
from chargepoint.store.folder import FolderLock

log = logging.getLogger(__name__)

Memory = dict[str, dict[str, Any]]

DATABASE = "chargepoint.db"
QUEUED = """
    SELECT CASE WHEN json_valid(event) THEN json_extract(event, '$.event.transaction_id') END AS tx,
    count(*) FROM outbox WHERE type = 'TransactionEvent' GROUP BY tx HAVING tx IS NOT NULL
"""

STEPS = ("begin", "changed", "appended", "removed", "committed")
"""What ``on_step`` is told in every commit, in this order; only the last one is durable."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One event in the outbox, told *attempts* times so far."""

    id: int
    event: DurableEvent
    attempts: int


@dataclass(frozen=True, slots=True)
class Aside:
    """What was given up (*source* "outbox") or could not be read, as it was stored."""

    source: str
    name: str
    content: str
    attempts: int
    why: str
    set_aside_at: str


class Store:
    """The disk of one station."""

    def __init__(
        self,
        database: sqlite3.Connection,
        path: Path,
        codec: Codec,
        lock: FolderLock,
        on_step: Callable[[str], None],
        damaged: Path | None = None,
    ) -> None:
        self._database = database
        self._path = path
        self._codec = codec
        self._lock = lock
        self._on_step = on_step
        self.damaged = damaged
        """Where a damaged predecessor is kept: then this one began empty."""

    @classmethod
    def open(
        cls,
        folder: Path,
        kinds: Mapping[str, Any],
        on_step: Callable[[str], None] = lambda step: None,
    ) -> Self:
        """Return the store in *folder*, whose memory has values of *kinds*.

        Raises StoreError with a sentence when another process uses it, when it was
        written by a newer program, or when the disk does not work.
        """
        lock = FolderLock(folder)
        try:
            database, damaged = open_database(folder / DATABASE)
        except StoreError:
            lock.release()
            raise
        return cls(database, folder / DATABASE, Codec(kinds), lock, on_step, damaged)

    def load(self) -> Memory:
        """Return all that is remembered, by kind and key; under "queued" how many events of
        each transaction wait in the outbox.

        What cannot be read is set aside with a warning. Kinds that only a newer program
        knows stay where they are for it.
        """
        with in_sentences(self._path):
            rows = self._database.execute("SELECT kind, key, value FROM memory").fetchall()
            queued = self._database.execute(QUEUED).fetchall()
        memory: Memory = {"queued": dict(queued)} if queued else {}
        unknown = set()
        for kind, key, text in rows:
            if not self._codec.knows(kind):
                unknown.add(kind)
                continue
            try:
                memory.setdefault(kind, {})[key] = self._codec.value(kind, text)
            except Unreadable as error:
                self._forget_unreadable(kind, key, str(error))
        for kind in sorted(unknown):
            log.warning("%s remembers %r, which this program does not know", self._path, kind)
        return memory

    def commit(self, batch: Batch) -> tuple[int, ...]:
        """Put the disk part of *batch* on disk, all or nothing; return the outbox ids of
        ``batch.durable``. Raises StoreError, and then nothing of it is there.
        """
        if not batch.touches_disk:
            return ()
        texts = {
            place: None if value is None else self._codec.value_text(place[0], value)
            for place, value in batch.changes.items()
        }
        events = [(type(event).__name__, self._codec.event_text(event)) for event in batch.durable]
        with in_sentences(self._path):
            with transaction(self._database):
                self._on_step("begin")
                self._change(texts)
                self._on_step("changed")
                ids = tuple(self._append(*event) for event in events)
                self._on_step("appended")
                self._remove(batch.delivered, batch.given_up)
                self._on_step("removed")
            self._on_step("committed")
        return ids

    def pending(self, limit: int) -> list[Entry]:
        """Return the *limit* oldest events of the outbox, oldest first."""
        sql = "SELECT id, event, attempts FROM outbox ORDER BY id LIMIT ?"
        with in_sentences(self._path):
            rows = self._database.execute(sql, (limit,)).fetchall()
        entries = []
        for outbox_id, text, attempts in rows:
            try:
                entries.append(Entry(outbox_id, self._codec.event(text), attempts))
            except Unreadable as error:
                log.error("event %d cannot be read and is set aside: %s", outbox_id, error)
                with in_sentences(self._path), transaction(self._database):
                    self._give_up(outbox_id, f"unreadable: {error}")
        return entries if len(entries) == len(rows) else self.pending(limit)

    def count_pending(self, kind: type[DurableEvent] | None = None) -> int:
        """Return how many events wait in the outbox, all or those of one *kind*."""
        sql = "SELECT count(*) FROM outbox WHERE ? IS NULL OR type = ?"
        name = kind.__name__ if kind else None
        with in_sentences(self._path):
            (count,) = self._database.execute(sql, (name, name)).fetchone()
        return int(count)

    def last_id(self) -> int:
        """Return the id of the newest event of the outbox, 0 when it is empty."""
        with in_sentences(self._path):
            (newest,) = self._database.execute("SELECT max(id) FROM outbox").fetchone()
        return int(newest or 0)

    def note_attempt(self, outbox_id: int) -> int:
        """Count one more attempt to deliver *outbox_id*; return how many that makes."""
        sql = "UPDATE outbox SET attempts = attempts + 1 WHERE id = ? RETURNING attempts"
        with in_sentences(self._path):
            rows = self._database.execute(sql, (outbox_id,)).fetchall()
        return int(rows[0][0]) if rows else 0

    def aside(self) -> list[Aside]:
        """Return what was given up or could not be read, oldest first."""
        sql = "SELECT source, name, content, attempts, why, set_aside_at FROM aside ORDER BY id"
        with in_sentences(self._path):
            return [Aside(*row) for row in self._database.execute(sql)]

    def statistics(self) -> dict[str, Any]:
        """Return how much there is of what, and none of it itself."""
        counts = {
            "memory": "SELECT kind, count(*) FROM memory GROUP BY kind ORDER BY kind",
            "outbox": "SELECT type, count(*) FROM outbox GROUP BY type ORDER BY type",
            "aside": "SELECT source, count(*) FROM aside GROUP BY source ORDER BY source",
        }
        with in_sentences(self._path):
            found = {name: dict(self._database.execute(sql)) for name, sql in counts.items()}
        return {**found, "database_bytes": self._path.stat().st_size}

    def close(self) -> None:
        """Leave the folder to the next one."""
        self._database.close()
        self._lock.release()

    def _change(self, texts: Mapping[tuple[str, str], str | None]) -> None:
        put = "INSERT INTO memory VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET value = excluded.value"
        for (kind, key), text in texts.items():
            if text is None:
                self._database.execute("DELETE FROM memory WHERE kind = ? AND key = ?", (kind, key))
            else:
                self._database.execute(put, (kind, key, text))

    def _append(self, kind: str, text: str) -> int:
        row = self._database.execute("INSERT INTO outbox (type, event) VALUES (?, ?)", (kind, text))
        return int(row.lastrowid or 0)

    def _remove(self, delivered: Iterable[int], given_up: Iterable[tuple[int, str]]) -> None:
        for outbox_id in delivered:
            self._database.execute("DELETE FROM outbox WHERE id = ?", (outbox_id,))
        for outbox_id, why in given_up:
            self._give_up(outbox_id, why)

    def _give_up(self, outbox_id: int, why: str) -> None:
        self._database.execute(
            "INSERT INTO aside (source, name, content, attempts, why, created_at) "
            "SELECT 'outbox', id, event, attempts, ?, created_at FROM outbox WHERE id = ?",
            (why, outbox_id),
        )
        self._database.execute("DELETE FROM outbox WHERE id = ?", (outbox_id,))

    def _forget_unreadable(self, kind: str, key: str, why: str) -> None:
        """Move a value aside; on a disk that does not take it, it stays where it is."""
        log.error("%s %r cannot be read and is set aside: %s", kind, key, why)
        with suppress(StoreError), in_sentences(self._path), transaction(self._database):
            self._database.execute(
                "INSERT INTO aside (source, name, content, attempts, why) "
                "SELECT 'memory', kind || '/' || key, value, 0, ? FROM memory "
                "WHERE kind = ? AND key = ?",
                (why, kind, key),
            )
            self._database.execute("DELETE FROM memory WHERE kind = ? AND key = ?", (kind, key))
