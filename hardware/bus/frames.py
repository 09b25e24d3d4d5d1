"""What goes over a Modbus line, in both framings, and what was meant for us. No I/O.

pymodbus knows the messages, the checksum and the header of Modbus TCP. Finding the answer
among what is heard is ours: its own search drops what it cannot read without a word, and
compares neither function nor length, so that a late answer passes for the next one.

Source: Modbus Application Protocol 1.1b3 sections 6 and 7; Modbus over Serial Line 1.02
section 2.5.1; Modbus Messaging on TCP/IP 1.0b section 3.1.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Protocol

from pymodbus.framer import FramerRTU, FramerSocket
from pymodbus.pdu import DecodePDU, ModbusPDU
from pymodbus.pdu.register_message import (
    ReadHoldingRegistersRequest,
    ReadInputRegistersRequest,
    WriteMultipleRegistersRequest,
    WriteSingleRegisterRequest,
)


class Function(IntEnum):
    """Function codes of section 6 that we use."""

    READ_HOLDING = 3
    READ_INPUT = 4
    WRITE_ONE = 6
    WRITE_MANY = 16


READS = (Function.READ_HOLDING, Function.READ_INPUT)
EXCEPTION = 0x80
EXCEPTION_FRAME = 5  # device, function, code, checksum
ECHO_FRAME = 8  # device, function, address, value or count, checksum
HEADER = 7  # transaction 2, protocol 2, length 2, device 1
_REQUESTS: dict[Function, type[ModbusPDU]] = {
    Function.READ_HOLDING: ReadHoldingRegistersRequest,
    Function.READ_INPUT: ReadInputRegistersRequest,
    Function.WRITE_ONE: WriteSingleRegisterRequest,
    Function.WRITE_MANY: WriteMultipleRegistersRequest,
}
_DECODER = DecodePDU(is_server=False)
_RTU = FramerRTU(_DECODER)
_SOCKET = FramerSocket(_DECODER)


@dataclass(frozen=True, slots=True)
class Ask:
    """One question to one device; *values* are what a write brings."""

    device_id: int
    function: Function
    address: int
    count: int
    values: tuple[int, ...] = ()

    @property
    def answer_bytes(self) -> int:
        """Return how long the right answer is on a serial line."""
        return 5 + 2 * self.count if self.function in READS else ECHO_FRAME


@dataclass(frozen=True, slots=True)
class Heard:
    """What became of the bytes so far: our answer, or what may still become one.

    *strange* counts whole frames that were none: of another device, or to another question.
    """

    answer: ModbusPDU | None
    strange: int
    rest: bytes


class Framing(Protocol):
    """How a question is packed, and answers are found. *number* is the question's own."""

    def pack(self, ask: Ask, number: int) -> bytes: ...
    def take(self, heard: bytes, ask: Ask, number: int) -> Heard: ...


class Rtu:
    """Frames with a checksum, as on a serial line."""

    def pack(self, ask: Ask, number: int) -> bytes:
        """Return *ask* as a frame."""
        return _RTU.buildFrame(_request(ask, 0))

    def take(self, heard: bytes, ask: Ask, number: int) -> Heard:
        """Find the answer behind whatever noise and whosever frames are before it."""
        start = used = strange = 0
        while len(heard) - start >= EXCEPTION_FRAME:
            size = _frame_bytes(heard[start:])
            frame = heard[start : start + size]
            if not size or len(frame) < size or not _sound(frame):
                start += 1
                continue
            start = used = start + size
            answer = _answer(frame[0], frame[1:-2], ask)
            if answer is not None:
                return Heard(answer, strange, heard[used:])
            strange += 1
        return Heard(None, strange, heard[used:])


class Mbap:
    """Frames with a header, as on TCP: each answer names its question."""

    def pack(self, ask: Ask, number: int) -> bytes:
        """Return *ask* as a frame."""
        return _SOCKET.buildFrame(_request(ask, number))

    def take(self, heard: bytes, ask: Ask, number: int) -> Heard:
        """Find the answer with the number of the question."""
        strange = 0
        while len(heard) > HEADER:
            size = HEADER - 1 + int.from_bytes(heard[4:6], "big")
            if heard[2:4] != b"\0\0" or not HEADER < size <= HEADER + 253:
                return Heard(None, strange + 1, b"")
            if len(heard) < size:
                break
            frame, heard = heard[:size], heard[size:]
            answer = _answer(frame[6], frame[HEADER:], ask)
            if answer is not None and int.from_bytes(frame[:2], "big") == number:
                return Heard(answer, strange, heard)
            strange += 1
        return Heard(None, strange, heard)


def is_broken(rest: bytes, ask: Ask) -> bool:
    """Return whether *rest* is as long as an answer and yet is none, rather than a part of it."""
    start = rest.find(ask.device_id)
    begun = rest[start : start + 2]
    if start < 0 or (len(begun) == 2 and begun[1] & ~EXCEPTION != ask.function):
        return True
    size = _frame_bytes(rest[start:]) if len(rest) - start > 2 else 0
    return 0 < size <= len(rest) - start


def _request(ask: Ask, number: int) -> ModbusPDU:
    return _REQUESTS[ask.function](
        dev_id=ask.device_id,
        transaction_id=number,
        address=ask.address,
        count=ask.count,
        registers=list(ask.values),
    )


def _frame_bytes(heard: bytes) -> int:
    """Return how long the frame that begins here says it is, 0 when none begins here."""
    function = heard[1]
    if function & EXCEPTION:
        return EXCEPTION_FRAME
    if function in READS:
        return 5 + heard[2]
    return ECHO_FRAME if function in _REQUESTS else 0


def _sound(frame: bytes) -> bool:
    return FramerRTU.check_CRC(frame[:-2], int.from_bytes(frame[-2:], "big"))


def _answer(device_id: int, message: bytes, ask: Ask) -> ModbusPDU | None:
    """Return *message* when it answers *ask*, refusals too; None when it answers something else."""
    if device_id != ask.device_id or not message or message[0] & ~EXCEPTION != ask.function:
        return None
    answer = _DECODER.decode(message)
    if answer is None or answer.isError():
        return answer
    if ask.function in READS:
        return answer if len(message) == 2 + 2 * ask.count == 2 + message[1] else None
    return answer if answer.address == ask.address else None
