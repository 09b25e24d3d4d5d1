"""A folder and a file that may be missing, taken, full, read-only, damaged, old or new."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from chargepoint.core.messages import Batch
from chargepoint.errors import StoreError
from chargepoint.store.database import MIGRATIONS, Migration, migrations_in, open_database


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.requirement("A01.FR.10")
def test_the_folder_and_its_files_are_ours_alone(open_store, tmp_path):
    folder = tmp_path / "deep" / "data"
    store = open_store(folder)
    store.commit(Batch(1, changes={("word", "a"): "b"}))

    assert _mode(folder) == 0o700
    assert {_mode(file) for file in folder.iterdir()} == {0o600}
    assert {file.name for file in folder.iterdir()} == {
        "chargepoint.db",
        "chargepoint.db-shm",
        "chargepoint.db-wal",
        "lock",
    }


def test_permissions_that_are_too_wide_are_narrowed(open_store, tmp_path):
    folder = tmp_path / "data"
    open_store(folder).close()
    folder.chmod(0o755)
    (folder / "chargepoint.db").chmod(0o644)

    open_store(folder)

    assert _mode(folder) == 0o700
    assert _mode(folder / "chargepoint.db") == 0o600


def test_a_file_in_place_of_the_folder_is_refused(open_store, tmp_path):
    (tmp_path / "data").touch()

    with pytest.raises(StoreError, match="data cannot be used: File exists"):
        open_store(tmp_path / "data")


def test_a_folder_in_place_of_the_database_is_refused_and_the_lock_is_free(open_store, tmp_path):
    (tmp_path / "data" / "chargepoint.db").mkdir(parents=True)

    with pytest.raises(StoreError, match=r"chargepoint\.db: it cannot be opened \(Is a directory"):
        open_store(tmp_path / "data")
    (tmp_path / "data" / "chargepoint.db").rmdir()
    open_store(tmp_path / "data")


def test_two_in_one_folder_is_one_too_many(open_store, tmp_path):
    store = open_store()
    with pytest.raises(StoreError) as refused:
        open_store()
    assert str(refused.value) == f"another chargepoint (pid {os.getpid()}) uses {tmp_path / 'data'}"

    store.close()
    open_store()


HOLD = """
import sys, time
from pathlib import Path
from chargepoint.store import Store
store = Store.open(Path(sys.argv[1]), {})
print("open", flush=True)
time.sleep(60)
"""


def test_another_process_is_named_and_its_death_frees_the_folder(open_store, tmp_path):
    folder = tmp_path / "data"
    command = [sys.executable, "-c", HOLD, str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "open\n"
        with pytest.raises(StoreError, match=rf"another chargepoint \(pid {other.pid}\) uses"):
            open_store(folder)
        other.kill()
        other.wait()
    open_store(folder)


def test_a_full_disk_refuses_one_commit_and_takes_the_next(open_store, event):
    store = open_store()
    (pages,) = store._database.execute("PRAGMA page_count").fetchone()
    store._database.execute(f"PRAGMA max_page_count = {pages + 1}")
    long = "x" * 100_000

    with pytest.raises(StoreError, match="the disk is full"):
        store.commit(Batch(1, changes={("word", "a"): long}, durable=(event("a"),)))

    assert store.load() == {}
    assert store.pending(9) == []
    store._database.execute(f"PRAGMA max_page_count = {pages + 100}")
    store.commit(Batch(1, changes={("word", "a"): long}, durable=(event("a"),)))
    assert store.load() == {"word": {"a": long}}


def test_a_read_only_disk_is_a_sentence(open_store):
    store = open_store()
    store._database.execute("PRAGMA query_only = ON")

    with pytest.raises(StoreError, match="the disk or the file is read-only"):
        store.commit(Batch(1, changes={("word", "a"): "b"}))


def test_a_database_that_somebody_else_has_locked_is_a_sentence(open_store, tmp_path):
    store = open_store()
    store._database.execute("PRAGMA busy_timeout = 1")
    other = sqlite3.connect(tmp_path / "data" / "chargepoint.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    with pytest.raises(StoreError, match="another program has locked it"):
        store.commit(Batch(1, changes={("word", "a"): "b"}))

    other.close()
    store.commit(Batch(1, changes={("word", "a"): "b"}))


def test_a_closed_store_says_so(open_store):
    store = open_store()
    store._database.close()

    with pytest.raises(StoreError, match="it cannot be used"):
        store.load()


@pytest.mark.parametrize("where", [0, 4096, 8192])
def test_a_damaged_file_is_kept_and_a_new_one_begins(open_store, tmp_path, caplog, where):
    store = open_store()
    store.commit(Batch(1, changes={("word", str(key)): "x" * 500 for key in range(50)}))
    store.close()
    path = tmp_path / "data" / "chargepoint.db"
    content = bytearray(path.read_bytes())
    content[where : where + 2000] = os.urandom(2000)
    path.write_bytes(content)

    store = open_store()

    assert store.load() == {}
    assert store.damaged is not None
    assert store.damaged.name.startswith("chargepoint.db.corrupt-20")
    assert store.damaged.read_bytes() == content
    assert "is damaged: it is kept as chargepoint.db.corrupt-" in caplog.text
    store.commit(Batch(1, changes={("word", "a"): "b"}))


def test_a_damaged_file_that_cannot_be_renamed_is_refused(open_store, tmp_path, monkeypatch):
    path = tmp_path / "data" / "chargepoint.db"
    open_store().close()
    path.write_bytes(b"no database at all" * 1000)

    def refuse(self: Path, target: Path) -> None:
        raise OSError(13, "Permission denied")

    monkeypatch.setattr(Path, "rename", refuse)
    with pytest.raises(StoreError, match=r"it is damaged and stays \(Permission denied\)"):
        open_store()


def test_a_healthy_file_was_not_damaged(open_store):
    assert open_store().damaged is None


def test_a_file_of_a_newer_program_is_refused_and_left_alone(open_store, tmp_path):
    open_store().close()
    path = tmp_path / "data" / "chargepoint.db"
    with sqlite3.connect(path) as database:
        database.execute("PRAGMA user_version = 999")
    database.close()
    before = path.read_bytes()

    with pytest.raises(StoreError, match=r"written by a newer program \(schema 999, this one"):
        open_store()

    assert path.read_bytes() == before


ONE = Migration(1, "0001-one", "CREATE TABLE one (a TEXT); INSERT INTO one VALUES ('kept');")
TWO = Migration(2, "0002-two", "CREATE TABLE two (b TEXT); INSERT INTO two SELECT a FROM one;")
WRONG = Migration(2, "0002-wrong", "CREATE TABLE two (b TEXT); INSERT INTO nowhere VALUES (1);")


def test_an_old_file_is_brought_up_to_date_and_keeps_what_it_has(tmp_path):
    path = tmp_path / "a.db"
    database, _ = open_database(path, [ONE])
    database.close()

    database, _ = open_database(path, [ONE, TWO])

    assert database.execute("SELECT b FROM two").fetchall() == [("kept",)]
    assert database.execute("PRAGMA user_version").fetchone() == (2,)
    database.close()


def test_a_step_that_fails_leaves_the_old_schema(tmp_path):
    path = tmp_path / "a.db"
    database, _ = open_database(path, [ONE])
    database.close()

    with pytest.raises(StoreError, match="nowhere"):
        open_database(path, [ONE, WRONG])

    database, _ = open_database(path, [ONE])
    assert database.execute("SELECT name FROM sqlite_master").fetchall() == [("one",)]
    database.close()


def test_the_steps_are_numbered_without_gaps():
    numbers = [step.number for step in migrations_in(MIGRATIONS)]

    assert numbers == list(range(1, len(numbers) + 1))


def test_every_commit_waits_for_the_disk(open_store):
    database = open_store()._database

    assert database.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert database.execute("PRAGMA synchronous").fetchone() == (2,)  # FULL
    assert database.execute("PRAGMA foreign_keys").fetchone() == (1,)
