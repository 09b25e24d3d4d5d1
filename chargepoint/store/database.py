"""One SQLite file: opened, checked, brought up to date; its errors in sentences."""

from __future__ import annotations

import logging
import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from chargepoint.core.values import dataclass
from chargepoint.errors import StoreError

log = logging.getLogger(__name__)

MIGRATIONS = Path(__file__).parent / "migrations"
BUSY_S = 5.0

PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",  # an answer that promises something leaves after the fsync
    "PRAGMA foreign_keys = ON",
    "PRAGMA journal_size_limit = 4194304",
)

SENTENCES: dict[str, str] = {
    "SQLITE_FULL": "the disk is full",
    "SQLITE_READONLY": "the disk or the file is read-only",
    "SQLITE_BUSY": "another program has locked it",
    "SQLITE_LOCKED": "another program has locked it",
    "SQLITE_IOERR": "the disk fails",
    "SQLITE_CANTOPEN": "it cannot be opened",
    "SQLITE_PERM": "it may not be opened",
    "SQLITE_CORRUPT": "it is damaged",
    "SQLITE_NOTADB": "it is damaged",
}

DAMAGED = ("SQLITE_CORRUPT", "SQLITE_NOTADB")


@dataclass(frozen=True, slots=True)
class Migration:
    """The step to schema *number*."""

    number: int
    name: str
    sql: str


def migrations_in(folder: Path) -> tuple[Migration, ...]:
    """Return the steps that the files ``NNNN-what.sql`` in *folder* hold, in their order."""
    files = sorted(folder.glob("[0-9][0-9][0-9][0-9]-*.sql"))
    return tuple(
        Migration(int(file.name[:4]), file.stem, file.read_text(encoding="utf-8")) for file in files
    )


@contextmanager
def in_sentences(path: Path) -> Iterator[None]:
    """Raise what SQLite complains of as a StoreError that people understand."""
    try:
        yield
    except sqlite3.Error as error:
        name = _name(error)
        short = "_".join(name.split("_")[:2])
        raise StoreError(
            f"{path}: {SENTENCES.get(short, 'it cannot be used')} ({error})"
        ) from error


@contextmanager
def transaction(database: sqlite3.Connection) -> Iterator[None]:
    """All or nothing of what is done inside."""
    database.execute("BEGIN IMMEDIATE")
    try:
        yield
        database.execute("COMMIT")
    finally:
        if database.in_transaction:
            database.execute("ROLLBACK")


def open_database(
    path: Path, steps: Sequence[Migration] | None = None
) -> tuple[sqlite3.Connection, Path | None]:
    """Return the database at *path* with today's schema, made new where there is none.

    A damaged file is kept beside it; its new name is the second of the pair. Raises
    StoreError for a file of a newer program, or when the disk does not work.
    """
    steps = migrations_in(MIGRATIONS) if steps is None else steps
    with in_sentences(path):
        kept = None
        try:
            database = _connect(path)
        except sqlite3.DatabaseError as error:
            if not _name(error).startswith(DAMAGED):
                raise
            kept = _keep_aside(path)
            database = _connect(path)
        try:
            _migrate(database, path, steps)
        except (sqlite3.Error, StoreError):
            database.close()
            raise
    return database, kept


def _connect(path: Path) -> sqlite3.Connection:
    """Return a healthy connection; raise sqlite3.DatabaseError for a damaged file."""
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
        path.chmod(0o600)
    except OSError as error:
        raise StoreError(f"{path}: it cannot be opened ({error.strerror})") from error
    database = sqlite3.connect(path, timeout=BUSY_S, isolation_level=None, check_same_thread=False)
    try:
        for pragma in PRAGMAS:
            database.execute(pragma)
        (verdict,) = database.execute("PRAGMA quick_check(1)").fetchone()
        if verdict != "ok":
            damaged = sqlite3.DatabaseError(verdict)
            damaged.sqlite_errorname = "SQLITE_CORRUPT"
            raise damaged
    except sqlite3.Error:
        database.close()
        raise
    return database


def _migrate(database: sqlite3.Connection, path: Path, steps: Sequence[Migration]) -> None:
    (have,) = database.execute("PRAGMA user_version").fetchone()
    newest = steps[-1].number
    if have > newest:
        raise StoreError(
            f"{path}: written by a newer program (schema {have}, this one knows {newest}); "
            "use that program, or another data_dir"
        )
    for step in steps:
        if step.number > have:
            log.info("%s: schema %d, %s", path, step.number, step.name)
            _take(database, step)
    with transaction(database):
        pass  # a file that cannot be written is found now, not at the first session


def _take(database: sqlite3.Connection, step: Migration) -> None:
    try:
        database.executescript(
            f"BEGIN IMMEDIATE;\n{step.sql}\nPRAGMA user_version = {step.number};\nCOMMIT;"
        )
    finally:
        if database.in_transaction:
            database.execute("ROLLBACK")


def _keep_aside(path: Path) -> Path:
    """Rename the damaged file and what belongs to it; return the new name."""
    stamp = f"{datetime.now(UTC):%Y%m%dT%H%M%S.%fZ}"
    kept = path.with_name(f"{path.name}.corrupt-{stamp}")
    try:
        for end in ("", "-wal", "-shm"):
            part = path.with_name(path.name + end)
            if part.exists():
                part.rename(kept.with_name(kept.name + end))
    except OSError as error:
        raise StoreError(f"{path}: it is damaged and stays ({error.strerror})") from error
    log.critical("%s is damaged: it is kept as %s, and a new one begins empty", path, kept.name)
    return kept


def _name(error: sqlite3.Error) -> str:
    return getattr(error, "sqlite_errorname", "")
