"""Memory, outbox and aside: one transaction, nothing forgotten."""

from __future__ import annotations

import logging
import sqlite3
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from chargepoint.core.messages import Batch, SecurityEvent, TransactionEvent, TxPhase
from chargepoint.core.words import Trigger
from chargepoint.errors import StoreError
from chargepoint.store.store import STEPS

NOW = datetime(2030, 6, 1, 12, 0, tzinfo=UTC)


def test_what_was_committed_is_there_after_opening_again(open_store, note, event):
    store = open_store()
    changes = {("note", "a"): note("one", 0.1), ("word", "b"): "two"}
    ids = store.commit(Batch(1, changes=changes, durable=(event("boot"), event("door"))))
    store.close()

    store = open_store()

    assert store.load() == {"note": {"a": note("one", 0.1)}, "word": {"b": "two"}}
    assert [(entry.id, entry.event.type) for entry in store.pending(9)] == [
        (ids[0], "boot"),
        (ids[1], "door"),
    ]


def test_a_change_replaces_and_none_deletes(open_store):
    store = open_store()
    store.commit(Batch(1, changes={("word", "a"): "old", ("word", "b"): "gone"}))
    store.commit(Batch(2, changes={("word", "a"): "new", ("word", "b"): None}))

    assert store.load() == {"word": {"a": "new"}}


def test_delivered_events_leave_and_their_ids_never_return(open_store, event):
    store = open_store()
    (first,) = store.commit(Batch(1, durable=(event("a"),)))
    store.commit(Batch(2, delivered=(first,)))
    (second,) = store.commit(Batch(3, durable=(event("b"),)))

    assert second > first
    assert [entry.id for entry in store.pending(9)] == [second]


def test_given_up_events_are_set_aside_with_the_reason(open_store, event):
    store = open_store()
    (outbox_id,) = store.commit(Batch(1, durable=(event("a"),)))
    store.note_attempt(outbox_id)
    store.commit(Batch(2, given_up=((outbox_id, "FormatViolation"),)))

    (aside,) = store.aside()
    assert store.pending(9) == []
    assert (aside.source, aside.name, aside.attempts) == ("outbox", str(outbox_id), 1)
    assert aside.why == "FormatViolation"
    assert '"type":"a"' in aside.content
    assert aside.set_aside_at.endswith("Z")


def test_attempts_are_counted_on_disk(open_store, event):
    store = open_store()
    (outbox_id,) = store.commit(Batch(1, durable=(event("a"),)))

    assert [store.note_attempt(outbox_id), store.note_attempt(outbox_id)] == [1, 2]
    store.close()
    assert open_store().pending(1)[0].attempts == 2


def test_attempts_of_what_is_gone_are_none(open_store):
    assert open_store().note_attempt(17) == 0


def test_the_oldest_come_first_and_no_more_than_asked(open_store, event):
    store = open_store()
    store.commit(Batch(1, durable=tuple(event(str(number)) for number in range(5))))

    assert [entry.event.type for entry in store.pending(3)] == ["0", "1", "2"]


def test_events_are_counted_all_and_by_kind(open_store, event):
    store = open_store()
    store.commit(Batch(1, durable=(event("a"), event("b"))))

    assert store.count_pending() == 2
    assert store.count_pending(SecurityEvent) == 2
    assert store.count_pending(TransactionEvent) == 0


def test_what_waits_is_counted_by_transaction_when_loading(open_store, tmp_path):
    store = open_store()
    assert "queued" not in store.load()
    started = TransactionEvent(TxPhase.STARTED, "tx1", 0, NOW, Trigger.REMOTE_START, 1, 1, 0.0)
    store.commit(Batch(1, durable=(started, replace(started, seq_no=1))))
    store.close()
    _spoil(
        tmp_path / "data", "INSERT INTO outbox (type, event) VALUES ('TransactionEvent', '{broken')"
    )

    assert open_store().load()["queued"] == {"tx1": 2}


def test_the_newest_id_is_known_as_long_as_it_waits(open_store, event):
    store = open_store()
    assert store.last_id() == 0

    ids = store.commit(Batch(1, durable=(event("a"), event("b"))))

    assert store.last_id() == ids[-1]


def test_a_batch_without_anything_for_the_disk_does_not_touch_it(open_store):
    steps: list[str] = []
    store = open_store(on_step=steps.append)

    assert store.commit(Batch(1)) == ()
    assert steps == []


def test_every_step_of_a_commit_is_told(open_store):
    steps: list[str] = []
    open_store(on_step=steps.append).commit(Batch(1, changes={("word", "a"): "b"}))

    assert tuple(steps) == STEPS


@pytest.mark.parametrize("fatal", STEPS[:-1])
def test_a_commit_that_fails_half_way_leaves_nothing(open_store, event, fatal):
    armed: list[str] = []

    def fail(step: str) -> None:
        if step in armed:
            raise sqlite3.OperationalError("pulled the plug")

    store = open_store(on_step=fail)
    (old,) = store.commit(Batch(1, changes={("word", "a"): "old"}, durable=(event("old"),)))
    armed.append(fatal)
    batch = Batch(2, {("word", "a"): "new"}, durable=(event("new"),), delivered=(old,))
    with pytest.raises(StoreError, match="pulled the plug"):
        store.commit(batch)

    assert store.load() == {"word": {"a": "old"}}
    assert [entry.id for entry in store.pending(9)] == [old]
    armed.clear()
    store.commit(batch)  # and the next one works again
    assert store.load() == {"word": {"a": "new"}}


def test_a_value_of_no_kind_is_refused_before_anything_is_written(open_store):
    store = open_store()
    with pytest.raises(KeyError):
        store.commit(Batch(1, changes={("word", "a"): "b", ("party", "a"): 1}))

    assert store.load() == {}


def _spoil(folder: Path, sql: str) -> None:
    with sqlite3.connect(folder / "chargepoint.db") as database:
        database.execute(sql)
    database.close()


def test_a_value_that_cannot_be_read_is_set_aside_and_the_rest_is_there(
    open_store, tmp_path, note, caplog
):
    store = open_store()
    store.commit(Batch(1, changes={("note", "good"): note("x"), ("note", "bad"): note("y")}))
    store.close()
    _spoil(tmp_path / "data", "UPDATE memory SET value = '{\"te' WHERE key = 'bad'")

    store = open_store()
    assert store.load() == {"note": {"good": note("x")}}

    assert "note 'bad' cannot be read and is set aside" in caplog.text
    (aside,) = store.aside()
    assert (aside.source, aside.name, aside.content) == ("memory", "note/bad", '{"te')
    assert store.load() == {"note": {"good": note("x")}}
    assert len(store.aside()) == 1


def test_a_value_that_cannot_be_set_aside_is_no_reason_to_stop(open_store, tmp_path, note):
    store = open_store()
    store.commit(Batch(1, changes={("note", "bad"): note("y")}))
    _spoil(tmp_path / "data", "UPDATE memory SET value = '?'")
    store._database.execute("PRAGMA query_only = ON")

    assert store.load() == {}


def test_kinds_of_a_newer_program_wait_for_it(open_store, tmp_path, caplog):
    open_store().close()
    _spoil(tmp_path / "data", "INSERT INTO memory VALUES ('future', 'a', '{}')")

    store = open_store()

    assert store.load() == {}
    assert "remembers 'future', which this program does not know" in caplog.text
    assert store.load() == {}
    assert store.aside() == []


def test_an_event_that_cannot_be_read_is_set_aside_and_the_next_one_comes(
    open_store, tmp_path, event, caplog
):
    store = open_store()
    (bad, good) = store.commit(Batch(1, durable=(event("a"), event("b"))))
    _spoil(tmp_path / "data", f"UPDATE outbox SET event = 'noise' WHERE id = {bad}")

    assert [entry.id for entry in store.pending(1)] == [good]
    assert f"event {bad} cannot be read" in caplog.text
    assert store.aside()[0].content == "noise"
    assert store.aside()[0].why.startswith("unreadable: ")


def test_nothing_is_logged_about_a_healthy_store(open_store, caplog):
    with caplog.at_level(logging.WARNING):
        open_store().load()

    assert caplog.records == []
