"""Telegrams of smart meters: Dutch of three generations, Belgian, Luxembourgish."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from telegrams import BELGIUM, DSMR_2, DSMR_4, DSMR_5, LUXEMBOURG, telegram

from hardware.api import BusError
from hardware.drivers.telegram import checksum, cut, reading


@pytest.mark.parametrize(
    ("lines", "currents_a", "power_w", "import_wh", "export_wh"),
    [
        (DSMR_5, (4.783, -3.0, 0.0), 710.0, 7_135_234.0, 500_500.0),
        (DSMR_4, (4.0, -3.0, 0.0), 230.0, 7_135_234.0, 500_500.0),
        (BELGIUM, (2.08, -1.5, 0.4), 225.0, 2_469.0, 12_000.0),
        (LUXEMBOURG, (5.0, 0.0, 0.0), 1_150.0, 123_456.0, 7_000.0),
    ],
)
def test_every_generation_tells_signed_currents(
    lines: str,
    currents_a: tuple[float, float, float],
    power_w: float,
    import_wh: float,
    export_wh: float,
) -> None:
    found = reading(telegram(lines), 7.0)

    assert found.at_s == 7.0
    assert found.currents_a == pytest.approx(currents_a, abs=0.001)
    assert found.power_w == pytest.approx(power_w)
    assert found.energy_wh == pytest.approx(import_wh)
    assert found.export_wh == pytest.approx(export_wh)


def test_voltages_are_told_from_dsmr_5_on() -> None:
    assert reading(telegram(DSMR_5), 0.0).voltages_v == (230.0, 231.0, 229.0)
    assert reading(telegram(DSMR_4), 0.0).voltages_v is None


def test_a_meter_before_dsmr_4_is_enough_for_one_phase() -> None:
    old = telegram(DSMR_2, with_checksum=False)

    assert reading(old, 0.0, phases=1).currents_a == (-2.0, 0.0, 0.0)
    with pytest.raises(BusError, match="too old"):
        reading(old, 0.0)


def test_one_phase_without_its_power_takes_the_direction_of_all() -> None:
    lines = "1-0:1.7.0(00.000*kW)\r\n1-0:2.7.0(00.920*kW)\r\n1-0:31.7.0(004*A)"

    assert reading(telegram(lines), 0.0, phases=1).currents_a == (-4.0, 0.0, 0.0)


def test_a_telegram_of_nothing_tells_no_current() -> None:
    with pytest.raises(BusError, match="no current"):
        reading(telegram("0-0:96.1.1(4B38)"), 0.0, phases=1)


def test_counters_that_are_not_there_are_unknown() -> None:
    found = reading(telegram("1-0:31.7.0(004*A)"), 0.0)

    assert (found.energy_wh, found.export_wh, found.power_w) == (None, None, None)
    assert found.currents_a == (4.0, 0.0, 0.0)


def test_the_checksum_is_that_of_the_standard() -> None:
    assert checksum(b"123456789") == 0xBB3D


@pytest.mark.parametrize(
    "damage",
    [
        lambda whole: whole.replace(b"(004*A)", b"(000*A)"),
        lambda whole: whole[:-6] + b"0000\r\n",
        lambda whole: whole[:-6] + b"zzzz\r\n",
    ],
)
def test_a_damaged_telegram_is_no_reading(damage) -> None:
    with pytest.raises(BusError, match="wrong checksum"):
        reading(damage(telegram(DSMR_4)), 0.0)


def test_a_number_that_is_none_is_no_reading() -> None:
    with pytest.raises(BusError, match="number that is none"):
        reading(telegram("1-0:31.7.0(0.0.4*A)"), 0.0)


@given(st.lists(st.sampled_from([telegram(DSMR_4), telegram(DSMR_5)]), min_size=1, max_size=3))
def test_the_newest_whole_telegram_is_found(whole: list[bytes]) -> None:
    beginning = telegram(DSMR_5)[:50]
    found = cut(b"no telegram\r\n" + b"".join(whole) + beginning)

    assert found.telegram is not None
    assert found.telegram.endswith(whole[-1])
    assert found.rest == beginning


@given(st.integers(1, len(telegram(DSMR_4)) - 1))
def test_a_telegram_may_come_in_pieces(place: int) -> None:
    whole = telegram(DSMR_4)
    first = cut(whole[:place])
    assert first.telegram is None

    assert cut(first.rest + whole[place:]).telegram == whole


def test_one_that_breaks_off_does_not_spoil_the_next() -> None:
    assert cut(telegram(DSMR_5)[:99] + telegram(DSMR_4)).telegram == telegram(DSMR_4)


@given(st.binary(max_size=200))
def test_noise_is_no_telegram_or_a_damaged_one(noise: bytes) -> None:
    found = cut(noise)
    if found.telegram is not None:
        with pytest.raises(BusError):
            reading(found.telegram, 0.0)


def test_noise_without_end_is_forgotten() -> None:
    assert len(cut(b"x" * 100_000).rest) < 10_000
