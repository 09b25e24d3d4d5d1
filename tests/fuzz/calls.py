"""Frames that a central system might send: right ones, and ones that are wrong in one place."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from functools import cache

from fuzz.mistakes import FREE_WORDS, mistaken, spots
from fuzz.payloads import ACTIONS, Json, payloads, schema
from hypothesis import strategies as st

NO_FRAME_201 = "RpcFrameworkError"
FRAMEWORK = "framework"  # 1.6 says nothing, or FormationViolation where there is an id


@dataclass(frozen=True, slots=True)
class Shot:
    """One frame. *text* has ``@id`` where its message id comes, and is empty for none at all;
    *mistake* is empty for a right one. *pause_s* is what the central system waits after
    it; *again*: the frame before comes once more instead."""

    action: str
    text: str
    mistake: str = ""
    pause_s: float = 0.0
    again: bool = False
    has_id: bool = True


ABYSS = 5000
DEEP = '{"data":' * ABYSS + "1" + "}" * ABYSS
# What is wrong with a frame, and its text; ``@call`` is a right one, ``@id`` its id.
FRAMES: dict[str, tuple[str, str]] = {
    "cut short": (FRAMEWORK, '[2,"@id","Reset",{"type":'),
    "no JSON": (FRAMEWORK, "hello"),
    "nothing": (FRAMEWORK, " "),
    "no list": (FRAMEWORK, '{"2":"@id"}'),
    "an abyss": (FRAMEWORK, f'[2,"@id","DataTransfer",{DEEP}]'),
    "no number": (FRAMEWORK, '[2,"@id","Reset",{"type":NaN}]'),
    "beyond numbers": (FRAMEWORK, '[2,"@id","Reset",{"type":1e999}]'),
    "endless digits": (FRAMEWORK, '[2,"@id","Reset",{"type":' + "9" * 5000 + "}]"),
    "half a character": (FRAMEWORK, '[2,"@id","Reset",{"type":"\\ud800"}]'),
    "id is no text": (FRAMEWORK, '[2,7,"Reset",{"type":"Soft"}]'),
    "no id": (FRAMEWORK, "[2]"),
    "payload is a list": ("shape", '[2,"@id","Reset",[]]'),
    "payload is a text": ("shape", '[2,"@id","Reset","Soft"]'),
    "no such action": ("unheard of", '[2,"@id","Dance",{}]'),
    "wrong case": ("unheard of", '[2,"@id","reset",{"type":"Soft"}]'),
}  # fmt: skip
NOT_CALLS = ('[3,"@id",{}]', '[3,"@id"]', '[4,"@id","InternalError","",{}]', '[4,"@id"]')
PAUSES_S = (0.0,) * 30 + (0.2,) * 8 + (2.0, 5.0)


def _frame(action: str, payload: Json) -> str:
    return f'[2,"@id",{json.dumps(action)},{json.dumps(payload)}]'


@st.composite
def _right(draw: st.DrawFn, version: str) -> Shot:
    action = draw(st.sampled_from(ACTIONS[version]))
    return Shot(action, _frame(action, draw(payloads(version, action))))


@st.composite
def _wrong(draw: st.DrawFn, version: str) -> Shot:
    action = draw(st.sampled_from(ACTIONS[version]))
    payload = draw(payloads(version, action))
    found = list(spots(schema(version, action), payload))
    kind = draw(st.sampled_from(sorted({mistake for mistake, _, _ in found})))
    spot = draw(st.sampled_from([spot for spot in found if spot[0] == kind]))
    mistake, path, _ = spot
    if version == "1.6" and mistake == "word" and (action, *path) in FREE_WORDS:
        mistake = ""  # answered with a status: 1.6 section 5.17
    return Shot(action, _frame(action, mistaken(payload, spot)), mistake)


_MALFORMED = st.sampled_from(
    [
        Shot(name, text, mistake, has_id=mistake != FRAMEWORK)
        for name, (mistake, text) in FRAMES.items()
    ]
)
_NO_CALL = st.sampled_from([Shot("", text, "no call", has_id=False) for text in NOT_CALLS])


NOTHING = Shot("", "", has_id=False)


@cache
def calls(version: str) -> st.SearchStrategy[Shot]:
    """Return a strategy for what a central system of *version* might send next."""
    kinds = {
        "-": st.just(NOTHING),
        "r": _right(version),
        "w": _wrong(version),
        "m": _MALFORMED,
        "n": _NO_CALL,
        "a": st.just(Shot("", "", again=True)),
    }
    shots = st.sampled_from("-rrrrrrrrrrwwwwwwwwmna").flatmap(kinds.__getitem__)
    return st.builds(_then, shots, st.sampled_from(PAUSES_S))


def _then(shot: Shot, pause_s: float) -> Shot:
    return replace(shot, pause_s=pause_s)


class Tale(list[Shot]):
    """Shots that print in short: the one that failed shows itself."""

    def __repr__(self) -> str:
        return ", ".join(shot.action or shot.mistake or "again" for shot in self if shot != NOTHING)


def tales(version: str, shots: int) -> st.SearchStrategy[Tale]:
    """Return a strategy for *shots* shots in a row."""
    return st.lists(calls(version), min_size=shots, max_size=shots).map(Tale)
