"""RAPI's lines, good and bad. The transcripts are those of the protocol's description."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openevse_device import line

from hardware.drivers.rapi import LONGEST_BYTES, Said, pack, take


@pytest.mark.parametrize(
    ("command", "sent"),
    [("GS", b"$GS^30\r"), ("GU", b"$GU^36\r"), ("F0 1", b"$F0 1^43\r"), ("GC", b"$GC^20\r")],
)
def test_commands_are_sent_as_the_protocol_writes_them(command: str, sent: bytes) -> None:
    assert pack(command) == sent


def test_a_number_goes_out_and_comes_back() -> None:
    assert pack("GS", 0x1F) == line("$GS :1F")
    assert take(line("$OK 03 12 03 0040 :1F")).lines == (
        Said("OK", ("03", "12", "03", "0040"), 31),
    )
    assert take(line("$OK :1F")).lines == (Said("OK", (), 31),)
    assert take(line("$NK:1F")).lines == (Said("NK", (), 31),)


def test_what_is_said_unasked_is_told_apart() -> None:
    answer, notice = take(line("$OK 6") + b"\n" + line("$AT 03 03 16 0140")).lines

    assert (answer.is_answer, answer.is_ok) == (True, True)
    assert (notice.kind, notice.is_answer) == ("AT", False)


@pytest.mark.parametrize(
    "heard",
    [b"$OK 6^00\r", b"$OK 6\r", b"$OK ^\r", b"$\r", b"$OK 6^4\r", b"$OK 6^GG\r"],
)
def test_a_broken_line_is_counted_and_no_line(heard: bytes) -> None:
    assert (take(heard).lines, take(heard).broken) == ((), 1)


def test_a_line_that_another_cuts_short_is_broken() -> None:
    heard = take(b"$OK 03 1" + line("$AT 03 03 16 0140") + line("$OK"))

    assert [said.kind for said in heard.lines] == ["AT", "OK"]
    assert heard.broken == 1


def test_noise_does_not_pile_up() -> None:
    assert len(take(b"x" * 5000).rest) == LONGEST_BYTES


@given(st.binary())
def test_whatever_comes_is_taken(heard: bytes) -> None:
    found = take(heard)

    assert b"\r" not in found.rest


WORDS = st.lists(st.text("0123456789abcdef.-", min_size=1, max_size=6), max_size=4)


@given(WORDS, st.integers(1, 255), st.data())
def test_an_answer_in_pieces_is_the_answer(words, number, data) -> None:
    whole = line(" ".join(["$OK", *words, f":{number:02X}"]))
    cut = data.draw(st.integers(0, len(whole) - 1))
    begun = take(whole[:cut])

    assert (begun.lines, begun.broken) == ((), 0)
    assert take(begun.rest + whole[cut:]).lines == (Said("OK", tuple(words), number),)
