"""Shots at a station, and whether what came back is what the standard wants."""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable

from fuzz.calls import FRAMEWORK, NO_FRAME_201, Shot
from fuzz.mistakes import code
from fuzz.payloads import Json
from fuzz.vocabulary import TRANSACTION

from chargepoint.demo.peer import Peer
from chargepoint.protocol.adapters import BY_VERSION

ANSWERED_WITHIN_S = 200.0

# What a CALL that fits its schema may be refused with, beside a status in its answer.
REFUSALS = {
    ("1.6", "GetConfiguration"): {"OccurenceConstraintViolation"},  # GetConfigurationMaxKeys
    ("1.6", "SetChargingProfile"): {"PropertyConstraintViolation"},  # errata 3.39
}
# What ends a connection when it is accepted.
ENDS_THE_LINE = {
    "Reset",
    "ChangeConfiguration",
    "SetVariables",
    "SetNetworkProfile",
    "UpdateFirmware",
    "SignedUpdateFirmware",
    "CertificateSigned",
}


class Volley:
    """Some shots, and what came back.

    *transaction* names the one that runs; *line* returns when the station is connected
    and registered.
    """

    def __init__(
        self,
        version: str,
        central: Peer,
        transaction: Callable[[], str],
        line: Callable[[], Awaitable[None]],
    ) -> None:
        self.version, self._central = version, central
        self._transaction, self._line = transaction, line
        self._sent: dict[str, list[tuple[Shot, int]]] = {}
        self._last: tuple[str, str] | None = None
        self._mark = len(central.frames)

    async def play(self, shots: Iterable[Shot]) -> None:
        """Send everything, and wait for the answers."""
        for number, shot in enumerate(shots):
            await self._line()
            await self._shoot(f"f{number}", shot)
            await asyncio.sleep(shot.pause_s)
        await self._central.wait_until(lambda: not self._waiting(), ANSWERED_WITHIN_S, "answers")
        await self._line()

    async def _shoot(self, id: str, shot: Shot) -> None:
        if not shot.text and (not shot.again or self._last is None):
            return
        if shot.again:
            id, text = self._last or ("", "")
        else:
            text = shot.text.replace("@id", id).replace(TRANSACTION, self._transaction())
            self._last = (id, text) if shot.has_id else None
        self._sent.setdefault(id, []).append((shot, self._central.connections))
        await self._central.send_text(text)

    # --- what came back ------------------------------------------------------------------------

    def answers(self) -> dict[str, list[Json]]:
        """Return what the station has answered to each id."""
        found = defaultdict(list)
        for frame in self._central.frames[self._mark :]:
            if frame.inbound:
                match json.loads(frame.text):
                    case [3 | 4, str() as id, *_] as answer:
                        found[id].append(answer)
        return found

    def _waiting(self) -> list[str]:
        """Return the ids of CALLs that wait for an answer on the line that stands."""
        answers, line = self.answers(), self._central.connections
        return [
            id
            for id, sent in self._sent.items()
            if sent[0][0].has_id and sent[-1][1] == line and id not in answers
        ]

    def check(self) -> None:
        """Every CALL has one answer of the right kind, and nothing else has any."""
        answers = self.answers()
        for id, sent in self._sent.items():
            self._check(sent, answers.get(id, []))
        strangers = answers.keys() - self._sent.keys()
        assert strangers <= ({"-1"} if self.version == "2.0.1" else set()), strangers

    def _check(self, sent: list[tuple[Shot, int]], answers: list[Json]) -> None:
        shot, line = sent[0]
        story = f"{shot}\n-> {answers}"
        if not shot.has_id:
            self._check_no_call(shot, answers, story)
            return
        if not answers:
            assert line < self._central.connections, f"no answer: {story}"
            assert self._may_end_the_line(), f"the line ended: {story}"
            return
        assert len(answers) <= len(sent), f"too many answers: {story}"
        assert all(each == answers[0] for each in answers) or line < sent[-1][1], story
        answer = answers[0]
        if shot.mistake:
            assert answer[0] == 4, f"taken: {story}"
            assert answer[2] == code(self.version, shot.mistake) or self._is_refused(
                shot, answer
            ), story
        elif answer[0] == 4:
            assert self._is_refused(shot, answer), f"refused: {story}"

    def _check_no_call(self, shot: Shot, answers: list[Json], story: str) -> None:
        if shot.mistake == FRAMEWORK and self.version == "2.0.1":
            assert all(answer[0] == 4 and answer[2] == NO_FRAME_201 for answer in answers), story
        else:
            assert answers == [], story

    def _is_refused(self, shot: Shot, answer: Json) -> bool:
        """Return whether a CALLERROR may come whatever the payload is, or because of it."""
        if shot.action not in BY_VERSION[self.version].incoming:
            return bool(answer[2] == "NotSupported")
        return answer[2] in REFUSALS.get((self.version, shot.action), set())

    def _may_end_the_line(self) -> bool:
        return any(shot.action in ENDS_THE_LINE for sent in self._sent.values() for shot, _ in sent)
