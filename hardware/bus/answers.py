"""Why a question got no answer, in words, and whether asking again helps."""

from __future__ import annotations

from hardware.api import BusError
from hardware.bus.counts import Trouble
from hardware.bus.frames import READS, Ask, is_broken

PERMANENT = {
    1: "it does not know this function",
    2: "it does not have these registers",
    3: "it does not take these values",
}
PASSING = {
    4: "it failed",
    5: "it is still at work",
    6: "it is busy",
    8: "its memory has a parity error",
    10: "its gateway has no way to it",
    11: "its gateway hears nothing of it",
}
UNHEARD = 11  # a gateway's word for silence


class NoAnswer(BusError):
    """Why there is no answer is *trouble*."""

    def __init__(self, trouble: Trouble, why: str) -> None:
        super().__init__(why)
        self.trouble = trouble


class Refused(NoAnswer):
    """The device answered that it will not. *permanent*: asking again does not help."""

    def __init__(self, ask: Ask, code: int) -> None:
        said = PERMANENT.get(code) or PASSING.get(code, "it does not say why")
        what = "read" if ask.function in READS else "write"
        where = f"{ask.count} at {ask.address:#06x}"
        super().__init__(
            Trouble.REFUSED,
            f"device {ask.device_id} refuses to {what} {where}: {said} (exception {code})",
        )
        self.code = code
        self.permanent = code in PERMANENT


class Paused(BusError):
    """The device is left alone for now."""


def no_answer(heard: bytes, strange: int, ask: Ask) -> NoAnswer:
    """Return what it means that *heard* is all that came."""
    who = f"device {ask.device_id}"
    others = f"; {strange} frames were no answer to the question" if strange else ""
    if not heard:
        return NoAnswer(Trouble.SILENT, f"{who} does not answer{others}")
    if is_broken(heard, ask):
        return NoAnswer(Trouble.GARBLED, f"{who}: {len(heard)} bytes with a wrong checksum{others}")
    return NoAnswer(Trouble.PARTIAL, f"{who}: its answer breaks off after {len(heard)} bytes")
