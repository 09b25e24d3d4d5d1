"""RAPI, the line protocol of OpenEVSE controllers, as bytes. Pure.

A question is ``$GS :01^...`` with a number of ours, its answer ``$OK ... :01^...`` or
``$NK ... :01^...``. Between them the controller says what happens: ``$AB`` it has started,
``$AT`` its state has changed, ``$WF`` somebody held its button.

Source: the description of the protocol at the head of ``rapi_proc.h``, firmware of
OpenEVSE, github.com/OpenEVSE/open_evse. Facts only; nothing of that code is here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import reduce
from operator import xor

END = b"\r"
LONGEST_BYTES = 256  # a line is far shorter: whatever is longer is noise
_LINE = re.compile(rb"(\$[^$^]*)\^([0-9A-Fa-f]{2})")
_NUMBER = re.compile(r"(.*?) ?:([0-9A-Fa-f]{2})")


@dataclass(frozen=True, slots=True)
class Said:
    """A sound line. *number* is that of the question it answers, 0 where it says none."""

    kind: str
    words: tuple[str, ...] = ()
    number: int = 0

    @property
    def is_answer(self) -> bool:
        """Return whether somebody asked for it."""
        return self.kind in ("OK", "NK")

    @property
    def is_ok(self) -> bool:
        """Return whether the controller did it."""
        return self.kind == "OK"


@dataclass(frozen=True, slots=True)
class Heard:
    """What some bytes were: whole lines, how many broken ones, and the begin of the next."""

    lines: tuple[Said, ...]
    broken: int
    rest: bytes


def pack(command: str, number: int = 0) -> bytes:
    """Return *command* as a line. *number* 1..255 comes back with the answer; 0 asks for none."""
    line = f"${command} :{number:02X}" if number else f"${command}"
    return f"{line}^{_checksum(line.encode()):02X}\r".encode()


def take(heard: bytes) -> Heard:
    """Find the lines in *heard*. One with a wrong checksum, without any, or cut short by the
    begin of another is broken; what is between lines is nothing."""
    *pieces, rest = heard.split(END)
    found = [_said(piece[piece.rfind(b"$") :]) for piece in pieces if b"$" in piece]
    cut = sum(piece.count(b"$") - 1 for piece in pieces if b"$" in piece)
    lines = tuple(said for said in found if said is not None)
    return Heard(lines, cut + len(found) - len(lines), rest[-LONGEST_BYTES:])


def _said(line: bytes) -> Said | None:
    match = _LINE.fullmatch(line)
    if match is None or _checksum(match[1]) != int(match[2], 16):
        return None
    text = match[1][1:].decode("ascii", "replace")
    numbered = _NUMBER.fullmatch(text)
    words, number = (numbered[1], int(numbered[2], 16)) if numbered else (text, 0)
    kind, *others = words.split() or [""]
    return Said(kind, tuple(others), number)


def _checksum(line: bytes) -> int:
    """Return the exclusive or of all characters before the ``^``."""
    return reduce(xor, line, 0)
