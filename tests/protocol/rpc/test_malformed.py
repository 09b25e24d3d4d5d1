"""Every frame that is wrong gets the answer its version wants, and the next is served."""

from __future__ import annotations

import json
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chargepoint.protocol.frames import read_frame
from chargepoint.protocol.rpc import Note, RpcCore, Send, Serve

SILENCE = None
LONG = "x" * 37

# what came -> (answer of 1.6, answer of 2.0.1), each as (id, code) or silence
NO_ID = (SILENCE, ("-1", "RpcFrameworkError"))
TABLE: dict[str, tuple[str, Any, Any]] = {
    "not JSON": ("hello", *NO_ID),
    "nothing": ("", *NO_ID),
    "half an array": ('[2,"a","Reset",{"type":', *NO_ID),
    "an object": ("{}", *NO_ID),
    "a number": ("2", *NO_ID),
    "null": ("null", *NO_ID),
    "an empty array": ("[]", *NO_ID),
    "NaN": ('[2,"a","Reset",{"type":NaN}]', *NO_ID),
    "a number beyond a double": ('[2,"a","Reset",{"type":1e999}]', *NO_ID),
    "half a surrogate pair": ('[2,"a","Reset",{"type":"\\ud800"}]', *NO_ID),
    "an abyss": ("[" * 100_000, *NO_ID),
    "only a type": ("[2]", *NO_ID),
    "null id": ('[2,null,"Reset",{}]', *NO_ID),
    "number for an id": ('[2,7,"Reset",{}]', *NO_ID),
    "empty id": ('[2,"","Reset",{}]', *NO_ID),
    "boundless id": (json.dumps([2, "x" * 256, "Reset", {}]), *NO_ID),
    "id too long": (
        json.dumps([2, LONG, "Reset", {}]),
        (LONG, "FormationViolation"),
        (LONG, "RpcFrameworkError"),
    ),
    "unknown message type": (
        '[9,"a","Reset",{}]',
        SILENCE,
        ("a", "MessageTypeNotSupported"),
    ),
    "unknown message type, no id": ("[5]", SILENCE, ("-1", "MessageTypeNotSupported")),
    "message type as text": (
        '["2","a","Reset",{}]',
        SILENCE,
        ("a", "RpcFrameworkError"),
    ),
    "message type true": ('[true,"a","Reset",{}]', SILENCE, ("a", "RpcFrameworkError")),
    "too few elements": (
        '[2,"a","Reset"]',
        ("a", "FormationViolation"),
        ("a", "RpcFrameworkError"),
    ),
    "too many elements": (
        '[2,"a","Reset",{},{}]',
        ("a", "FormationViolation"),
        ("a", "RpcFrameworkError"),
    ),
    "action is an object": (
        '[2,"a",{},{}]',
        ("a", "FormationViolation"),
        ("a", "RpcFrameworkError"),
    ),
    "payload is a list": (
        '[2,"a","Reset",[]]',
        ("a", "FormationViolation"),
        ("a", "FormatViolation"),
    ),
    "payload is a text": (
        '[2,"a","Reset","Soft"]',
        ("a", "FormationViolation"),
        ("a", "FormatViolation"),
    ),
    "unknown action": (
        '[2,"a","Dance",{}]',
        ("a", "NotImplemented"),
        ("a", "NotImplemented"),
    ),
    "action in the wrong case": (
        '[2,"a","reset",{}]',
        ("a", "NotImplemented"),
        ("a", "NotImplemented"),
    ),
    "known action, not offered": (
        '[2,"a","GetLog",{}]',
        ("a", "NotSupported"),
        ("a", "NotSupported"),
    ),
    "field missing": (
        '[2,"a","Reset",{}]',
        ("a", "OccurenceConstraintViolation"),
        ("a", "OccurrenceConstraintViolation"),
    ),
    "null payload with a field missing": (
        '[2,"a","Reset",null]',
        ("a", "OccurenceConstraintViolation"),
        ("a", "OccurrenceConstraintViolation"),
    ),
    "wrong type": (
        '[2,"a","Reset",{"type":1}]',
        ("a", "TypeConstraintViolation"),
        ("a", "TypeConstraintViolation"),
    ),
    "null for a field": (
        '[2,"a","Reset",{"type":null}]',
        ("a", "TypeConstraintViolation"),
        ("a", "TypeConstraintViolation"),
    ),
    "unknown word": (
        '[2,"a","Reset",{"type":"Gently"}]',
        ("a", "PropertyConstraintViolation"),
        ("a", "PropertyConstraintViolation"),
    ),
    "unknown field": (
        '[2,"a","ClearCache",{"all":true}]',
        ("a", "FormationViolation"),
        ("a", "FormatViolation"),
    ),
    "an answer of no shape": ('[3,"a"]', SILENCE, SILENCE),
    "an answer that is a list": ('[3,"a",[]]', SILENCE, SILENCE),
    "an error without a code": ('[4,"a"]', SILENCE, SILENCE),
    "an answer to nothing": ('[3,"a",{}]', SILENCE, SILENCE),
    "an error to nothing": ('[4,"a","GenericError","",{}]', SILENCE, SILENCE),
}


def sent(actions: list[Any]) -> list[Any]:
    return [json.loads(action.frame) for action in actions if isinstance(action, Send)]


@pytest.mark.requirement("J 1.6 4.1.3", "J 1.6 4.2.3", "J 2.0.1 4.2.3", "J 2.0.1 4.4", "FR.03")
@pytest.mark.parametrize(
    ("name", "version", "expected"),
    [
        pytest.param(name, version, expected, id=f"{name} in {version}")
        for name, (_, *answers) in TABLE.items()
        for version, expected in zip(("1.6", "2.0.1"), answers, strict=True)
    ],
)
def test_a_malformed_frame_gets_the_callerror_of_its_version(
    make_core: Callable[[str], RpcCore], name: str, version: str, expected: Any
):
    core = make_core(version)

    core.receive(TABLE[name][0], 0.0)

    replies = sent(core.take())
    assert [(reply[1], reply[2]) for reply in replies] == ([expected] if expected else [])
    assert all(reply[0] == 4 and reply[4] == {} for reply in replies)


@pytest.mark.parametrize("name", TABLE)
def test_the_frame_after_a_malformed_one_is_served(core: RpcCore, name: str):
    core.receive(TABLE[name][0], 0.0)
    core.take()

    core.receive('[2,"b","ClearCache",{}]', 0.0)

    assert core.take() == [Serve("b", "ClearCache", {})]


def test_binary_messages_are_no_frames(make_core: Callable[[str], RpcCore]):
    core = make_core("2.0.1")

    core.receive(b'[2,"a","ClearCache",{}]', 0.0)

    note, reply = core.take()
    assert note == Note("not JSON in UTF-8", invalid=True)
    assert isinstance(reply, Send)


def test_a_refusal_repeats_nothing_of_what_was_sent(core: RpcCore):
    core.receive('[2,"a","Reset",{"type":"hunter2"}]', 0.0)

    assert "hunter2" not in str(core.take())


@pytest.mark.requirement("J 2.0.1 4.2.3")
def test_a_description_has_at_most_255_characters(core: RpcCore):
    core.receive(json.dumps([2, "a", "ClearCache", {f"field{n}": 1 for n in range(100)}]), 0.0)

    (reply,) = sent(core.take())
    assert len(reply[3]) <= 255


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=8,
)
NEARLY_FRAMES = st.lists(
    st.sampled_from([2, 3, 4, "a", "Reset", "ClearCache"]) | JSON, max_size=6
).map(json.dumps)


@given(st.text() | JSON.map(json.dumps) | NEARLY_FRAMES)
def test_any_text_is_read_without_an_exception(text: str):
    assert read_frame(text) is not None


@given(st.lists(NEARLY_FRAMES, max_size=8))
def test_whatever_comes_every_call_is_answered_at_most_once(texts: list[str]):
    version = SimpleNamespace(
        version="2.0.1",
        incoming=frozenset({"Reset", "ClearCache"}),
        known=frozenset({"Reset", "ClearCache"}),
        error_words={},
    )
    core = RpcCore(version, new_id=lambda: "ours", timeout_s=lambda: 30.0)

    for text in texts:
        core.receive(text, 0.0)

    served = [action.message_id for action in core.take() if isinstance(action, Serve)]
    assert len(served) == len(set(served))
