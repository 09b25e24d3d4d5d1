"""The control pilot and the cable coding of IEC 61851-1, as numbers. Pure.

Amperes inside, duty cycle at the edge: a duty of 100 % means "nothing", so a minimum over
duties would fail open. Compare amperes, convert last.
"""

from __future__ import annotations

import math

from hardware.api import Pilot

MIN_OFFER_A = 6.0
FULL_CIRCLE = 1.0  # steady +12 V
_FINE_TO_A = 51.0  # 0.6 A per percent up to here, 2.5 A per percent above
_MAX_OFFER_A = 80.0

# (from, to, state): outside the bands the pilot is on its way, or broken.
_BANDS_V = (
    (11.0, 13.0, Pilot.A),
    (8.0, 10.0, Pilot.B),
    (5.0, 7.0, Pilot.C),
    (2.0, 4.0, Pilot.D),
    (-1.0, 1.0, Pilot.E),
    (-13.0, -11.0, Pilot.F),
)

# (ohms from, ohms to, rating): nominal 100, 220, 680 and 1500 ohms.
_RATINGS = (
    (50.0, 150.0, 63.0),
    (150.0, 330.0, 32.0),
    (330.0, 1000.0, 20.0),
    (1000.0, 2700.0, 13.0),
)


def duty_from_amps(offer_a: float) -> float:
    """Return the pilot duty cycle, 0..1, that offers *offer_a* amperes per phase.

    6..51 A is 0.6 A per percent, 51..80 A is 2.5 A per percent less 64 percent, above
    80 A is held at 80 A. Below 6 A, and for what is no number, no duty can say so: the
    answer is 1.0, steady +12 V, "no energy now". Rounded down to 0.1 percent, so the EV
    never reads more than was offered.

    Source: IEC 61851-1 Annex A, duty cycle provided by the supply equipment.
    """
    if not MIN_OFFER_A <= offer_a < math.inf:
        return FULL_CIRCLE
    fine = offer_a <= _FINE_TO_A
    percent = offer_a / 0.6 if fine else min(offer_a, _MAX_OFFER_A) / 2.5 + 64.0
    return int(percent * 10.0 + 1e-9) / 1000.0


def amps_from_duty(duty: float) -> float:
    """Return the amperes per phase that an EV may draw at *duty*, 0..1; 0 is none.

    8..10 % is 6 A, then 0.6 A per percent to 85 %, 2.5 A per percent less 64 percent to
    96 %, and 80 A to 97 %. The rest offers nothing by itself: below 3 % and above 97 %
    charging is not allowed, 3..7 % asks for digital communication.

    Source: IEC 61851-1 Annex A, interpretation of the duty cycle by the EV.
    """
    percent = duty * 100.0
    if not 8.0 <= percent <= 97.0:
        return 0.0
    if percent <= 85.0:
        return max(MIN_OFFER_A, percent * 0.6)
    return min(_MAX_OFFER_A, (percent - 64.0) * 2.5)


def cable_a_from_ohms(ohms: float) -> float:
    """Return what the cable in the socket carries by its proximity resistor, 0 for none.

    On the border between two ratings the lower one holds. An open contact, a short and
    NaN are no cable: nothing may be offered over it.

    Source: IEC 61851-1 Annex B, resistor coding for vehicle couplers and cable assemblies.
    """
    ratings = [rating_a for low, high, rating_a in _RATINGS if low <= ohms <= high]
    return min(ratings, default=0.0)


def pilot_from_volts(volts: float) -> Pilot | None:
    """Return the pilot state for the positive peak *volts* of the pilot, None between bands.

    None means "on its way from one state to another": the last state holds until the
    board's debounce is over, and then the pilot is faulty. NaN is None too.
    For F the peak is negative, because nothing else is there.

    Source: IEC 61851-1 Annex A, pilot voltages of states A to F.
    """
    return next((state for low, high, state in _BANDS_V if low <= volts <= high), None)
