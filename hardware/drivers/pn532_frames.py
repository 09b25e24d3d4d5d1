"""The frames of NXP's PN532, and the cards in them. Pure.

Source: NXP UM0701-02, PN532 User Manual rev. 02: 6.2.1 (frames), 7.2.10 SAMConfiguration,
7.3.1 RFConfiguration, 7.3.5 InListPassiveTarget; NXP AN10609 for the way out of its sleep.
"""

from __future__ import annotations

from dataclasses import dataclass

WAKE_UP = b"\x55\x55" + bytes(14)  # it boots into LowVbat mode; the zeros give it time
START = b"\x00\xff"
ACK = b"\x00\x00\xff\x00\xff\x00"  # sent by us it ends the command that runs
TO_CHIP, FROM_CHIP, FAILED = 0xD4, 0xD5, 0x7F

SAM_CONFIGURATION, NORMAL_MODE = 0x14, b"\x01\x00\x00"
RF_CONFIGURATION, MAX_RETRIES = 0x32, b"\x05\xff\x01\x02"  # look for a card so often, then say
FIELD_OFF = b"\x01\x00"  # a card forgets that it was asked; the next look puts it on again
IN_LIST_PASSIVE_TARGET, ONE_TYPE_A = 0x4A, b"\x01\x00"  # at 106 kbit/s

UID_BYTES = (4, 7, 10)
RANDOM_UID = 0x08  # first of four bytes: made up anew each time, ISO/IEC 14443-3 6.5.4


def frame(command: int, parameters: bytes = b"") -> bytes:
    """Return a normal information frame with *command*.

    >>> frame(0x02).hex()
    '0000ff02fed4022a00'
    """
    return _framed(bytes([TO_CHIP, command]) + parameters)


def answer_frame(command: int, answered: bytes = b"") -> bytes:
    """Return what the chip sends when *command* is done."""
    return _framed(bytes([FROM_CHIP, command + 1]) + answered)


def _framed(content: bytes) -> bytes:
    head = bytes([len(content), -len(content) & 0xFF])
    return b"\x00" + START + head + content + bytes([-sum(content) & 0xFF, 0])


@dataclass(frozen=True, slots=True)
class Cut:
    """The first whole frame in what was heard: its content, b"" for an ACK, None for none yet.

    *damaged*: before it stood something that began like a frame, with a wrong checksum.
    """

    content: bytes | None
    rest: bytes
    damaged: bool = False


def cut(heard: bytes) -> Cut:
    """Find the first whole frame; noise before it is dropped."""
    damaged = False
    while (start := heard.find(START)) >= 0:
        body = heard[start + len(START) :]
        if len(body) < 2:
            return Cut(None, heard[start:], damaged)
        length, check = body[0], body[1]
        if (length, check) == (0x00, 0xFF):
            return Cut(b"", body[2:], damaged)
        if (length + check) & 0xFF or not length:
            damaged, heard = True, body
            continue
        if len(body) < 2 + length + 1:
            return Cut(None, heard[start:], damaged)
        content, rest = body[2 : 2 + length], body[3 + length :]
        if (sum(content) + body[2 + length]) & 0xFF == 0:
            return Cut(content, rest, damaged)
        damaged, heard = True, rest
    return Cut(None, heard[-1:], damaged)


def answer_to(command: int, content: bytes) -> bytes | None:
    """Return what *content* answers to *command*; None when it answers something else."""
    if content[:2] == bytes([FROM_CHIP, command + 1]):
        return content[2:]
    return None


def uid(found: bytes) -> bytes | None:
    """Return the UID in the answer to InListPassiveTarget, None when there is no card, or
    one that makes its number up, as telephones do.

    *found* is NbTg, then for the first card Tg, SENS_RES (2), SEL_RES, length and UID.
    """
    length = found[5] if len(found) > 5 and found[0] else 0
    number = found[6 : 6 + length]
    if length not in UID_BYTES or len(number) < length:
        return None
    return None if length == 4 and number[0] == RANDOM_UID else number
