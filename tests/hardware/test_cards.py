"""The same card is the same token at every reader, and is shown once while it lies there."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.cards import CardRules, Presence, TokenSeen, Writing

CARD = TokenSeen("04A2B3C4", "ISO14443")
OTHER = TokenSeen("0B0B0B0B", "ISO14443")


@pytest.mark.parametrize(
    ("seen", "rules", "token", "kind"),
    [
        (bytes.fromhex("04a2b3c4"), {}, "04A2B3C4", "ISO14443"),
        ("04:a2-b3 C4", {}, "04A2B3C4", "ISO14443"),
        ("04a2b3c4", {"upper_case": False}, "04a2b3c4", "ISO14443"),
        ("c4b3a204", {"reverse_bytes": True}, "04A2B3C4", "ISO14443"),
        ("0077771716", {"writing": Writing.DECIMAL}, "04A2B3C4", "ISO14443"),
        ("1", {"writing": Writing.DECIMAL}, "00000001", "ISO14443"),
        (str(0x04112233445566), {"writing": Writing.DECIMAL}, "04112233445566", "ISO14443"),
        ("04112233445566", {}, "04112233445566", "ISO14443"),
        ("E004010012345678", {}, "E004010012345678", "ISO15693"),
        ("00112233445566778899", {}, "00112233445566778899", "ISO14443"),
        ("0415148F0E", {}, "0415148F0E", "Local"),
        ("04a2b3c4", {"type": "Central"}, "04A2B3C4", "Central"),
        (" 1234 ", {"key_code_digits": 6}, "1234", "KeyCode"),
        ("12345678", {"key_code_digits": 6}, "12345678", "ISO14443"),
        ("Employee/7", {"writing": Writing.TEXT}, "Employee/7", "Local"),
    ],
)
def test_what_a_reader_says_is_a_token(seen, rules, token, kind) -> None:
    assert CardRules(**rules).token(seen) == TokenSeen(token, kind)


@pytest.mark.parametrize("writing", Writing)
@pytest.mark.parametrize("seen", ["", "12 \x00", "z" * 37, "9" * 100, "ä", "٣", b"", bytes(19)])
def test_what_is_no_card_is_refused_without_telling_it(seen, writing) -> None:
    with pytest.raises(ValueError, match="no") as refused:
        CardRules(writing).token(seen)
    assert not seen or str(seen) not in str(refused.value)


def test_a_number_longer_than_any_card_is_none() -> None:
    with pytest.raises(ValueError, match="too large"):
        CardRules(Writing.DECIMAL).token("9" * 25)


@given(st.binary(min_size=4, max_size=10))
def test_all_spellings_of_a_card_are_one_token(number: bytes) -> None:
    token = CardRules().token(number)

    assert CardRules().token(number.hex(":")) == token
    assert CardRules(reverse_bytes=True).token(number[::-1].hex()) == token
    assert len(token.id_token) <= 20  # idTag of OCPP 1.6
    if number[0] and len(number) in (4, 7, 8, 10):
        assert CardRules(Writing.DECIMAL).token(str(int.from_bytes(number))) == token


@given(st.text() | st.binary(), st.sampled_from(Writing), st.booleans(), st.integers(0, 20))
def test_any_words_are_a_token_that_ocpp_takes_or_none(seen, writing, reverse, digits) -> None:
    try:
        token = CardRules(writing, reverse, key_code_digits=digits).token(seen)
    except ValueError:
        return
    assert 1 <= len(token.id_token) <= 36
    assert token.id_token.isascii()
    assert token.id_token.isprintable()
    assert " " not in token.id_token


def test_a_card_that_lies_there_is_shown_once() -> None:
    presence = Presence(2.0, 0.0)

    assert presence.is_shown(CARD, 10.0)
    assert not any(presence.is_shown(CARD, 10.0 + 0.5 * step) for step in range(1, 100))
    assert presence.is_shown(CARD, 61.5)


def test_two_cards_that_lie_there_together_are_shown_once_each() -> None:
    presence = Presence(2.0, 0.0)

    assert presence.is_shown(CARD, 10.0)
    assert presence.is_shown(OTHER, 10.5)
    assert not presence.is_shown(CARD, 11.0)
    assert not presence.is_shown(OTHER, 11.5)


def test_a_card_that_lay_there_before_is_not_shown_until_it_was_away() -> None:
    presence = Presence(2.0, 100.0)

    assert not any(presence.is_shown(CARD, 100.0 + 0.2 * step) for step in range(100))
    assert presence.is_shown(CARD, 125.0)


@given(st.lists(st.floats(0.0, 5.0), max_size=30), st.floats(0.1, 4.0))
def test_between_two_presentations_a_card_was_away(gaps_s: list[float], gone_after_s: float):
    presence, now_s, last_s = Presence(gone_after_s, 0.0), 0.0, 0.0
    for gap_s in gaps_s:
        now_s += gap_s
        assert presence.is_shown(CARD, now_s) == (now_s - last_s >= gone_after_s)
        last_s = now_s
