"""Frames in both framings, with what may be heard around them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from modbus_devices import rtu

from hardware.bus.frames import Ask, Function, Mbap, Rtu, is_broken

ASK = Ask(11, Function.READ_INPUT, 6, 2)
ANSWER = rtu(11, bytes([4, 4, 0, 1, 0, 2]))
TCP_ANSWER = bytes([0, 7, 0, 0, 0, 7, 11, 4, 4, 0, 1, 0, 2])


@pytest.mark.parametrize(
    ("ask", "frame"),
    [
        (Ask(2, Function.READ_INPUT, 0, 8), "02 04 00 00 00 08 F1 FF"),
        (Ask(2, Function.READ_INPUT, 0x108, 2), "02 04 01 08 00 02 F1 C6"),
        (Ask(2, Function.WRITE_ONE, 6, 1, (0,)), "02 06 00 06 00 00 69 F8"),
        (Ask(2, Function.WRITE_MANY, 0, 2, (7, 0)), "02 10 00 00 00 02 04 00 07 00 00 4D 2A"),
        (Ask(10, Function.READ_INPUT, 0, 20), "0A 04 00 00 00 14 F1 7E"),
        (Ask(10, Function.WRITE_ONE, 0x800, 1, (2,)), "0A 06 08 00 00 02 0B 10"),
    ],
)
def test_questions_are_the_frames_that_smartevses_send(ask: Ask, frame: str) -> None:
    assert Rtu().pack(ask, 1) == bytes.fromhex(frame)


def test_the_answer_of_a_smartevse_is_read() -> None:
    frame = "02 04 10 00 06 00 00 00 3C 00 01 00 00 00 01 00 01 00 10 37 66"
    heard = Rtu().take(bytes.fromhex(frame), Ask(2, Function.READ_INPUT, 0, 8), 1)

    assert heard.answer is not None
    assert heard.answer.registers == [6, 0, 60, 1, 0, 1, 1, 16]


def test_questions_over_tcp_have_a_number() -> None:
    assert Mbap().pack(ASK, 258) == bytes([1, 2, 0, 0, 0, 6, 11, 4, 0, 6, 0, 2])


@given(st.binary(max_size=40), st.binary(max_size=20))
def test_the_answer_is_found_in_any_noise(before: bytes, behind: bytes) -> None:
    heard = Rtu().take(before + ANSWER + behind, ASK, 1)

    assert heard.answer is not None
    assert heard.answer.registers == [1, 2]


@given(st.binary(max_size=300))
def test_noise_is_no_answer(noise: bytes) -> None:
    for framing in (Rtu(), Mbap()):
        assert framing.take(noise, ASK, 40_000).answer is None
    is_broken(noise, ASK)


@pytest.mark.parametrize(("framing", "whole"), [(Rtu(), ANSWER), (Mbap(), TCP_ANSWER)])
def test_an_answer_may_come_in_pieces(framing: Rtu | Mbap, whole: bytes) -> None:
    heard = b""
    for byte in whole[:-1]:
        found = framing.take(heard + bytes([byte]), ASK, 7)
        assert (found.answer, found.strange) == (None, 0)
        heard = found.rest
    assert framing.take(heard + whole[-1:], ASK, 7).answer is not None


@pytest.mark.parametrize(
    "frame",
    [
        rtu(12, ANSWER[1:-2]),
        rtu(11, bytes([3, 4, 0, 1, 0, 2])),
        rtu(11, bytes([4, 2, 0, 1])),
        rtu(11, bytes([6, 0, 6, 0, 1])),
        rtu(12, bytes([0x84, 2])),
    ],
)
def test_a_frame_for_another_question_is_strange(frame: bytes) -> None:
    heard = Rtu().take(frame + ANSWER, ASK, 1)

    assert heard.strange == 1
    assert heard.answer is not None


def test_an_echo_of_another_write_is_strange() -> None:
    ask = Ask(11, Function.WRITE_ONE, 6, 1, (5,))

    assert Rtu().take(rtu(11, bytes([6, 0, 7, 0, 5])), ask, 1).strange == 1
    assert Rtu().take(rtu(11, bytes([6, 0, 6, 0, 5])), ask, 1).answer is not None


def test_over_tcp_the_number_tells_a_late_answer() -> None:
    heard = Mbap().take(TCP_ANSWER + TCP_ANSWER[:1] + b"\x08" + TCP_ANSWER[2:], ASK, 8)

    assert heard.strange == 1
    assert heard.answer is not None


@pytest.mark.parametrize("head", ["000700010003", "000700000001", "0007000001ff"])
def test_what_is_not_modbus_tcp_is_dropped(head: str) -> None:
    heard = Mbap().take(bytes.fromhex(head) + bytes(20), ASK, 7)

    assert (heard.answer, heard.strange, heard.rest) == (None, 1, b"")


@pytest.mark.parametrize(
    ("rest", "broken"),
    [
        (ANSWER[:-1], False),
        (ANSWER[:1], False),
        (ANSWER[:-1] + b"\x00", True),
        (b"\x00" + ANSWER[:4], False),
        (b"\x01\x02", True),
        (b"\x0b\x03\x04", True),
    ],
)
def test_a_part_is_told_from_a_broken_whole(rest: bytes, broken: bool) -> None:
    assert is_broken(rest, ASK) is broken
