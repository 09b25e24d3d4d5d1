"""The quarter-hour peak, window by window."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from profiles.peak import Metered, PeakSettings, PeakState, allowed, ceiling_w, step, window_of

NOON = datetime(2030, 1, 15, 12, tzinfo=UTC)
V = 230.0
INSTANTS = st.floats(1.86e9, 1.92e9).map(lambda at_s: datetime.fromtimestamp(at_s, UTC))


class House:
    """Meters a house second by second, with a register or without."""

    def __init__(
        self, at: datetime = NOON, settings: PeakSettings | None = None, register: bool = True
    ) -> None:
        self.settings = settings or PeakSettings()
        self.at, self.at_s = at, 1000.0
        self.state = PeakState()
        self.energy_wh = 5000.0
        self.register = register

    def read(self, power_w: float) -> None:
        energy_wh = self.energy_wh if self.register else None
        metered = Metered(self.at, self.at_s, max(power_w, 0.0), energy_wh)
        self.state = step(self.settings, self.state, metered)

    def run(self, seconds: float, power_w: float, every_s: float = 1.0) -> House:
        """Draw *power_w* for *seconds*; the register counts, the meter is read meanwhile."""
        for _ in range(round(seconds / every_s)):
            self.pass_by(every_s, power_w)
            self.read(power_w)
        return self

    def pass_by(self, seconds: float, power_w: float) -> None:
        self.at += timedelta(seconds=seconds)
        self.at_s += seconds
        self.energy_wh += max(power_w, 0.0) * seconds / 3600.0

    def step_clock(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)

    @property
    def allowed_w(self) -> float:
        return allowed(self.settings, self.state, self.at, V).sum_a * V

    @property
    def peak_w(self) -> float:
        return self.state.peak_w


@pytest.fixture(params=[True, False], ids=["register", "power"])
def house(request: pytest.FixtureRequest) -> House:
    house = House(register=bool(request.param))
    house.read(1000.0)
    return house


def test_what_is_left_in_the_window_is_spread_over_the_rest_of_it() -> None:
    """300 Wh of 625 Wh used with 600 s to go: 1950 W, less the margin."""
    house = House()
    house.read(0.0)
    house.run(300.0, 3600.0)

    assert house.allowed_w == pytest.approx(1850.0)
    ceiling = allowed(house.settings, house.state, house.at, V)
    assert ceiling.sum_a == pytest.approx(8.04, abs=0.01)
    assert ceiling.why == "capacity 3.6/2.5 kW until 12:15"
    assert ceiling.until_at == NOON + timedelta(minutes=15)


def test_a_frugal_quarter_leaves_more_for_its_end_but_no_surge(house: House) -> None:
    house.run(600.0, 500.0)
    assert house.allowed_w == pytest.approx((2500 * 900 - 500 * 600) / 300 - 100, abs=10.0)
    house.run(295.0, 500.0)
    last_minute_w = house.allowed_w
    assert last_minute_w == pytest.approx((2500 * 900 - 500 * 895) / 60 - 100, abs=40.0)


def test_a_window_that_is_used_up_allows_nothing_more(house: House) -> None:
    house.run(600.0, 5000.0)

    assert house.allowed_w == 0.0


def test_a_peak_that_the_house_made_alone_is_the_new_ceiling(house: House) -> None:
    house.run(900.0, 6000.0)

    assert house.peak_w == pytest.approx(6000.0, abs=5.0)
    assert ceiling_w(house.settings, house.state) == house.peak_w
    assert house.allowed_w == pytest.approx(5900.0, abs=10.0)
    house.run(900.0, 1000.0)
    assert house.peak_w == pytest.approx(6000.0, abs=5.0)


def test_the_known_peak_and_the_least_one_are_ceilings_too() -> None:
    assert ceiling_w(PeakSettings(), PeakState()) == 2500.0
    assert ceiling_w(PeakSettings(1000.0), PeakState(peak_w=2000.0)) == 2500.0
    assert ceiling_w(PeakSettings(4000.0), PeakState(peak_w=3000.0)) == 4000.0


def test_a_window_that_began_before_us_counts_as_drawn_at_the_ceiling_and_makes_no_peak() -> None:
    house = House(NOON + timedelta(seconds=300))
    house.read(9000.0)

    assert house.allowed_w == pytest.approx(2400.0)
    house.run(600.0, 9000.0)
    assert house.peak_w == 0.0
    house.run(900.0, 3000.0)
    assert house.peak_w == pytest.approx(3000.0)


def test_before_the_first_reading_the_ceiling_holds() -> None:
    house = House(NOON + timedelta(seconds=450))

    assert house.allowed_w == pytest.approx(2400.0)
    assert allowed(house.settings, house.state, house.at, V).why == (
        "capacity 2.5/2.5 kW until 12:15"
    )


def test_a_short_silence_across_the_border_is_split_between_both_windows(house: House) -> None:
    house.run(880.0, 3600.0)
    house.pass_by(40.0, 3600.0)
    house.read(3600.0)

    assert house.peak_w == pytest.approx(3600.0, abs=5.0)
    assert house.state.used_wh == pytest.approx(20.0, abs=0.1)
    assert house.state.whole


def test_a_long_silence_across_a_border_makes_no_peak(house: House) -> None:
    house.run(600.0, 3600.0)
    house.pass_by(400.0, 3600.0)
    house.read(3600.0)

    assert house.peak_w == 0.0
    assert house.state.used_wh == pytest.approx(100.0, abs=1.0)
    assert not house.state.whole


def test_a_register_bridges_a_long_silence_and_power_does_not() -> None:
    counted, guessed = House(), House(register=False)
    for house in (counted, guessed):
        house.read(100.0)
        house.run(100.0, 100.0)
        house.pass_by(300.0, 100.0)
        house.read(100.0)

    assert counted.state.whole
    assert counted.state.used_wh == pytest.approx(100.0 * 400 / 3600, abs=0.1)
    assert not guessed.state.whole
    assert guessed.state.used_wh == pytest.approx((100 * 100 + 2500 * 300) / 3600, abs=0.1)


@pytest.mark.parametrize("seconds", [-3600.0, -30.0, 30.0, 3600.0])
def test_a_clock_that_was_set_begins_a_window_that_makes_no_peak(
    house: House, seconds: float
) -> None:
    house.run(450.0, 9000.0)
    house.step_clock(seconds)
    house.run(1.0, 9000.0)

    assert not house.state.whole
    assert house.allowed_w == pytest.approx(2400.0, abs=100.0)
    house.run(448.0 - seconds % 900, 9000.0)
    assert house.peak_w == 0.0


def test_a_register_that_fell_is_another_meter() -> None:
    house = House()
    house.read(100.0)
    house.run(60.0, 100.0)
    house.energy_wh = 0.0
    house.run(1.0, 100.0)

    assert not house.state.whole
    assert house.state.used_wh == pytest.approx(2500.0 * 61 / 3600)


def test_two_readings_of_one_instant_on_both_sides_of_the_border_are_harmless() -> None:
    house = House(NOON - timedelta(seconds=1))
    house.read(1000.0)
    house.step_clock(1.0)
    house.read(1000.0)

    assert house.state.window_at == NOON
    assert house.state.used_wh == 0.0


def test_a_new_month_begins_without_a_peak_by_the_calendar_of_the_place() -> None:
    settings = PeakSettings(zone=ZoneInfo("Europe/Brussels"))
    house = House(datetime(2030, 1, 31, 22, 30, tzinfo=UTC), settings)
    house.read(0.0)
    house.run(900.0, 8000.0, 5.0)
    assert house.state.month == "2030-01"
    assert house.peak_w == pytest.approx(8000.0)

    house.run(900.0, 1000.0, 5.0)  # 23:00 UTC is midnight in Brussels
    assert house.state.month == "2030-02"
    assert house.peak_w == 0.0
    house.run(900.0, 3000.0, 5.0)
    assert house.peak_w == pytest.approx(3000.0)


def test_a_calendar_that_is_not_set_yet_forgets_no_peak() -> None:
    house = House(datetime(1970, 1, 1, 0, 5, tzinfo=UTC))
    house.state = PeakState("2030-01", 7000.0)
    house.read(100.0)
    house.run(60.0, 100.0)
    assert (house.state.month, house.peak_w) == ("2030-01", 7000.0)

    house.at = NOON
    house.run(60.0, 100.0)
    assert (house.state.month, house.peak_w) == ("2030-01", 7000.0)


def test_a_calendar_that_stays_in_an_earlier_month_is_believed_in_the_end() -> None:
    house = House(datetime(2029, 12, 1, 0, 5, tzinfo=UTC))
    house.state = PeakState("2030-01", 7000.0)
    house.read(100.0)
    house.run(900.0, 100.0, 5.0)

    assert (house.state.month, house.peak_w) == ("2029-12", 0.0)


@given(
    st.lists(st.floats(0.0, 20_000.0), min_size=40, max_size=90),
    st.booleans(),
    st.floats(2500.0, 10_000.0),
)
def test_a_load_that_obeys_never_makes_a_peak(
    loads_w: list[float], register: bool, peak_w: float
) -> None:
    house = House(settings=PeakSettings(peak_w), register=register)
    house.read(0.0)
    for load_w in loads_w:
        obeyed_w = min(load_w, house.allowed_w)
        house.run(20.0, obeyed_w, 20.0)

    assert house.peak_w <= peak_w + 1.0


@given(INSTANTS)
def test_a_window_begins_on_a_quarter_of_utc(at: datetime) -> None:
    begins = window_of(at)

    assert begins <= at < begins + timedelta(minutes=15)
    assert begins.minute in (0, 15, 30, 45)
