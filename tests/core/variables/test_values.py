"""Every data type and what it takes."""

from __future__ import annotations

import pytest

from chargepoint.core.variable_values import Bounds, refusal

STATES = ("Available", "Faulted")


@pytest.mark.parametrize(
    ("bounds", "good", "bad"),
    [
        (Bounds("integer"), ["0", "-1", "2147483647"], ["", "-0", "01", "1e3", "2147483648"]),
        (Bounds("integer", 1, 5), ["1", "5"], ["0", "6"]),
        (Bounds("decimal", 0, 100), ["0", "0.5", "100.0"], ["", ".5", "5.", "100.1", "nan", "1e1"]),
        (Bounds("boolean"), ["true", "false"], ["True", "1", ""]),
        (
            Bounds("dateTime"),
            ["2026-03-01T12:00:00Z", "2026-03-01T12:00:00.123+01:00"],
            ["", "2026-03-01", "2026-02-30T12:00:00Z", "2026-03-01T12:00:00", "noon"],
        ),
        (Bounds("string", 1, 3), ["a", "äöü"], ["", "abcd"]),
        (Bounds("OptionList", values=STATES), ["Faulted"], ["", "faulted", "Available,Faulted"]),
        (Bounds("MemberList", values=STATES), ["", "Faulted,Available"], ["Faulted,", "Gone"]),
        (Bounds("SequenceList", 1, values=STATES), ["Faulted"], ["", "Faulted,Faulted"]),
        (Bounds("RotationList", values=("1.RST", "1.RTS")), ["1.RST"], ["1.RST,1.RTS"]),
    ],
)
@pytest.mark.requirement("B05.FR.07", "B05.FR.08", "2.0.1 2.1.3")
def test_a_data_type_takes_its_own_and_refuses_the_rest(
    bounds: Bounds, good: list[str], bad: list[str]
) -> None:
    assert [refusal(bounds, text) for text in good] == [""] * len(good)
    assert all(refusal(bounds, text) for text in bad)
