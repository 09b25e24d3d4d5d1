"""How the small central system may answer a CALL: politely, wrongly, late, or not at all."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

Payload = dict[str, Any]


class Word(Enum):
    """Behaviours that need no more than their name."""

    DEFAULT = "the answer of a pleasant central system"
    SILENCE = "no answer, as if the CALL was never heard"
    DROP = "cut the line instead of answering"


DEFAULT, SILENCE, DROP = Word.DEFAULT, Word.SILENCE, Word.DROP


@dataclass(frozen=True, slots=True)
class CallError:
    """Answer with a CALLERROR."""

    code: str = "InternalError"
    description: str = ""
    details: Payload = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Malformed:
    """Answer with *text* as it stands, but for ``$id``, which is the CALL's message id."""

    text: str


@dataclass(frozen=True, slots=True)
class Late:
    """Do *then* after *seconds*; other frames are served meanwhile."""

    seconds: float
    then: Behaviour = DEFAULT


@dataclass(frozen=True, slots=True)
class Twice:
    """Answer the same thing two times."""

    then: Behaviour = DEFAULT


TWICE = Twice()


@dataclass(frozen=True, slots=True)
class Amend:
    """The default answer with some fields replaced: ``Amend({"status": "Pending"})``."""

    fields: Payload


Behaviour = Payload | CallError | Malformed | Late | Twice | Amend | Word
Answer = Behaviour | Callable[[Payload], Behaviour]


class Script:
    """What to do next for each action: one-time behaviours first, then the standing one."""

    def __init__(self) -> None:
        self._standing: dict[str, Answer] = {}
        self._once: dict[str, deque[Answer]] = {}

    def always(self, action: str, answer: Answer) -> None:
        """Answer *action* so from now on; ``always(action, DEFAULT)`` is the way back."""
        self._standing[action] = answer

    def once(self, action: str, *answers: Answer) -> None:
        """Answer the next CALLs of *action* so, one each, before the standing answer."""
        self._once.setdefault(action, deque()).extend(answers)

    def next(self, action: str, payload: Payload) -> Behaviour:
        """Return the behaviour for this CALL and use it up."""
        waiting = self._once.get(action)
        answer = waiting.popleft() if waiting else self._standing.get(action, DEFAULT)
        return answer(payload) if callable(answer) else answer
