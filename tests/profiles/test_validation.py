"""Installing, replacing, clearing: one row for each rule."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from math import inf, nan
from typing import Any

import pytest

from profiles.schedule import Period, Profile, Purpose, Schedule, Unit
from profiles.validation import (
    RULES,
    Clash,
    Context,
    Reason,
    cleared_by,
    is_spent,
    reasons,
    replaced_by,
)

Make = Callable[..., Profile]
STRICT, LENIENT = RULES[Clash.REFUSED], RULES[Clash.REPLACES]
CONTEXT = Context(frozenset({1, 2}), STRICT, {1: "t"})
ABSENT = Schedule(Unit.A, (Period(0, 16.0),))
PLAIN: dict[str, Any] = {}
TX = {"purpose": "tx", "transaction": "t"}

# requirement, profile, installed, context, reason in 2.0.1 and in 1.6 (None: installed)
ROWS: list[
    tuple[str, dict[str, Any], list[dict[str, Any]], dict[str, Any], str | None, str | None]
] = [
    ("K01.FR.15", PLAIN, [], {}, None, None),
    ("K01.FR.14", {"evse": 0}, [], {}, None, None),
    ("K01.FR.28", {"evse": 3}, [], {}, "UnknownEvse", "UnknownEvse"),
    ("K01.FR.22", {"purpose": "external"}, [], {}, "InvalidValue", "InvalidValue"),
    (
        "K01.FR.05",
        PLAIN,
        [{"id": 1, "purpose": "external", "evse": 0}],
        {},
        "DuplicateProfile",
        "DuplicateProfile",
    ),
    (
        "K01.FR.26",
        {"unit": "W"},
        [],
        {"units": frozenset({Unit.A})},
        "UnsupportedRateUnit",
        "UnsupportedRateUnit",
    ),
    ("K01.FR.17", {"level": 10}, [], {}, "InvalidStackLevel", "InvalidStackLevel"),
    ("K01.FR.17", {"level": -1}, [], {}, "InvalidStackLevel", "InvalidStackLevel"),
    ("K01.FR.17", {"level": 9}, [], {}, None, None),
    (
        "K01.FR.35",
        {"periods": [[0, 6], [1, 7], [2, 8]]},
        [],
        {"max_periods": 2},
        "TooManyElements",
        "TooManyElements",
    ),
    ("K01.FR.35", {"periods": [[0, 6], [1, 7]]}, [], {"max_periods": 2}, None, None),
    (
        "K01.FR.27",
        PLAIN,
        [{"id": 2, "level": 1}],
        {"max_profiles": 1},
        "TooManyElements",
        "TooManyElements",
    ),
    ("K01.FR.27", PLAIN, [{"id": 1, "level": 1}], {"max_profiles": 1}, None, None),
    (
        "K01.FR.27",
        PLAIN,
        [{"id": -1, "evse": 0, "purpose": "external"}],
        {"max_profiles": 1},
        None,
        None,
    ),
    (
        "1.6 3.13.2",
        {"level": 1},
        [{"id": 2, "level": 1}],
        {"max_profiles": 1},
        "TooManyElements",
        None,
    ),
    (
        "K01.FR.34",
        {"schedules": (ABSENT, ABSENT), "kind": "relative"},
        [],
        {},
        "InvalidSchedule",
        "InvalidSchedule",
    ),
    ("K01.FR.34", {"schedules": ()}, [], {}, "InvalidSchedule", "InvalidSchedule"),
    ("K01.FR.31", {"periods": [[1, 6]]}, [], {}, "InvalidSchedule", "InvalidSchedule"),
    ("K01.FR.31", {"periods": []}, [], {}, "InvalidSchedule", "InvalidSchedule"),
    (
        "K01.FR.35",
        {"periods": [[0, 6], [50, 7], [50, 8]]},
        [],
        {},
        "InvalidSchedule",
        "InvalidSchedule",
    ),
    ("K01.FR.40", {"start": None}, [], {}, "InvalidSchedule", None),
    (
        "K01.FR.40",
        {"start": None, "kind": "recurring", "recurs_s": 86400},
        [],
        {},
        "InvalidSchedule",
        "InvalidSchedule",
    ),
    ("K01.FR.41", {"kind": "relative"}, [], {}, "InvalidSchedule", None),
    ("K01.FR.41", {"kind": "relative", "start": None}, [], {}, None, None),
    ("1.6 7.8", {"kind": "recurring"}, [], {}, "InvalidProfile", "InvalidProfile"),
    ("1.6 7.8", {"kind": "recurring", "recurs_s": 604800}, [], {}, None, None),
    ("K01.FR.51", {"periods": [[0, -1]]}, [], {}, "InvalidSchedule", "InvalidSchedule"),
    ("K01.FR.51", {"periods": [[0, nan]]}, [], {}, "InvalidSchedule", "InvalidSchedule"),
    ("K01.FR.51", {"periods": [[0, inf]]}, [], {}, "InvalidSchedule", "InvalidSchedule"),
    ("K01.FR.51", {"periods": [[0, 0]]}, [], {}, None, None),
    ("K01.FR.49", {"periods": [[0, 6, 4]]}, [], {}, "InvalidSchedule", "InvalidSchedule"),
    ("K01.FR.49", {"periods": [[0, 6, 0]]}, [], {}, "InvalidSchedule", "InvalidSchedule"),
    ("K01.FR.12", {"duration_s": -1}, [], {}, "InvalidSchedule", "InvalidSchedule"),
    ("K01.FR.43", {"periods": [[0, 6, 1]]}, [], {"fewest_phases": 3}, "InvalidSchedule", None),
    ("K01.FR.43", {"periods": [[0, 6, 1]]}, [], {"fewest_phases": 1}, None, None),
    ("K01.FR.45", {"periods": [[0, 6, 3]]}, [], {"phases": 1, "fewest_phases": 3}, None, None),
    ("K01.FR.48", {"periods": [[0, 6, 1, 2]]}, [], {}, "InvalidSchedule", "InvalidSchedule"),
    (
        "K01.FR.46",
        {"periods": [[0, 6, 1, 2]]},
        [],
        {"choosable_phases": frozenset({2})},
        None,
        None,
    ),
    (
        "K01.FR.19",
        {"periods": [[0, 6, 3, 2]]},
        [],
        {"choosable_phases": frozenset({2})},
        "InvalidSchedule",
        "InvalidSchedule",
    ),
    ("K04.FR.03", {"purpose": "station max"}, [], {}, "InvalidValue", "InvalidValue"),
    ("K04.FR.03", {"purpose": "station max", "evse": 0}, [], {}, None, None),
    (
        "K01.FR.38",
        {"purpose": "station max", "evse": 0, "kind": "relative", "start": None},
        [],
        {},
        "InvalidValue",
        "InvalidValue",
    ),
    ("K01.FR.16", {**TX, "evse": 0}, [], {}, "InvalidValue", "InvalidValue"),
    ("K01.FR.09", {**TX, "evse": 2}, [], {}, "TxNotFound", "TxNotFound"),
    ("K01.FR.03", {"purpose": "tx"}, [], {}, "MissingParam", "MissingParam"),
    ("K01.FR.33", {"purpose": "tx", "transaction": "x"}, [], {}, "TxNotFound", "TxNotFound"),
    ("K01.FR.04", TX, [], {}, None, None),
    ("K01.FR.39", TX, [{**TX, "id": 2}], {}, "InvalidStackLevel", None),
    ("K01.FR.39", TX, [{**TX, "id": 2, "level": 1}, {**TX, "id": 1}], {}, None, None),
    ("K01.FR.39", TX, [{**TX, "id": 2, "transaction": "old"}], {}, None, None),
    ("K01.FR.52", {"evse": 0}, [{"id": 2, "evse": 2}], {}, "DuplicateProfile", None),
    ("K01.FR.52", {"evse": 0}, [{"id": 2, "evse": 2, "level": 1}], {}, None, None),
    (
        "K01.FR.53",
        {"evse": 1},
        [{"id": 2, "evse": 0, "valid_from": 5}],
        {},
        "DuplicateProfile",
        None,
    ),
    ("K01.FR.53", {"evse": 1}, [{"id": 1, "evse": 0}], {}, None, None),
    ("K01.FR.06", PLAIN, [{"id": 2}], {}, "DuplicateProfile", None),
    ("K01.FR.06", PLAIN, [{"id": 2, "evse": 2}], {}, None, None),
    ("K01.FR.06", {"valid_to": 50}, [{"id": 2, "valid_from": 50}], {}, None, None),
    ("K01.FR.06", {"valid_to": 51}, [{"id": 2, "valid_from": 50}], {}, "DuplicateProfile", None),
    ("K05.FR.02", {"purpose": "tx"}, [], {"remote_start": True, "transactions": {}}, None, None),
    ("K05.FR.02", {"purpose": "tx", "evse": 0}, [], {"remote_start": True}, None, None),
    ("K05.FR.05", PLAIN, [], {"remote_start": True}, "InvalidProfile", "InvalidProfile"),
    ("1.6 5.16.2", TX, [], {"remote_start": True}, "InvalidProfile", "InvalidProfile"),
]


@pytest.mark.parametrize("clash", Clash)
@pytest.mark.parametrize(
    "row",
    [
        pytest.param(row, marks=pytest.mark.requirement(row[0]), id=f"{row[0]}-{n}")
        for n, row in enumerate(ROWS)
    ],
)
def test_the_first_refusal_is_the_one_of_the_rule(row: Any, clash: Clash, profile: Make) -> None:
    _, new, installed, context, refused, replaces = row
    context = replace(CONTEXT, rules=RULES[clash], **context)

    found = reasons(profile(**new), [profile(**other) for other in installed], context)

    expected = refused if clash is Clash.REFUSED else replaces
    assert (found[0].reason if found else None) == expected
    assert all(refusal.info for refusal in found)


def test_several_reasons_come_in_the_order_of_the_table(profile: Make) -> None:
    found = reasons(profile(evse=7, level=99, periods=[[1, nan]]), [], CONTEXT)

    assert [refusal.reason for refusal in found] == [
        Reason.UNKNOWN_EVSE,
        Reason.INVALID_STACK_LEVEL,
        Reason.INVALID_SCHEDULE,
        Reason.INVALID_SCHEDULE,
    ]


L1, L2 = [[0, 6, 1, 1]], [[0, 6, 1, 2]]


@pytest.mark.requirement("errata 2.36")
@pytest.mark.parametrize(
    ("other", "meet"),
    [
        ({"purpose": "station max", "evse": 0, "periods": L2}, True),
        ({"purpose": "external", "evse": 1, "periods": L2}, True),
        ({"purpose": "external", "evse": 2, "periods": L2}, False),
        ({"purpose": "station max", "evse": 0, "periods": L1}, False),
        ({"purpose": "station max", "evse": 0}, False),
        ({"purpose": "tx", "transaction": "t", "periods": L2}, False),
        ({"purpose": "tx default", "level": 3, "periods": L2}, False),
    ],
)
def test_two_phases_that_could_meet_are_refused(
    other: dict[str, Any], meet: bool, profile: Make
) -> None:
    context = replace(CONTEXT, choosable_phases=frozenset({1, 2, 3}))

    found = reasons(profile(periods=L1), [profile(id=2, **other)], context)

    assert bool(found) == meet


@pytest.mark.requirement("K01.FR.05", "1.6 5.16.3")
def test_a_known_id_is_replaced_wherever_it_is(profile: Make) -> None:
    elsewhere = [profile(id=1, evse=2, level=4), profile(id=2, evse=2)]

    for clash in Clash:
        assert replaced_by(profile(), elsewhere, clash) == (1,)


@pytest.mark.requirement("1.6 3.13.2", "1.6 5.16.4")
def test_the_same_level_is_replaced_in_16_only_and_per_connector(profile: Make) -> None:
    installed = [profile(id=2), profile(id=3, evse=2), profile(id=4, level=1), profile(id=5, **TX)]

    assert replaced_by(profile(), installed, Clash.REPLACES) == (2,)
    assert replaced_by(profile(), installed, Clash.REFUSED) == ()
    assert replaced_by(profile(**TX), installed, Clash.REPLACES) == (5,)


def test_an_external_constraint_is_never_replaced(profile: Make) -> None:
    external = profile(id=1, evse=0, purpose="external")

    assert replaced_by(profile(), [external], Clash.REPLACES) == ()


@pytest.mark.requirement("K10.FR.01", "K10.FR.03", "K10.FR.04", "K10.FR.08", "K10.FR.09", "1.6 5.5")
@pytest.mark.parametrize(
    ("criteria", "cleared"),
    [
        ({}, (1, 2, 3, 4)),
        ({"id": 2}, (2,)),
        ({"id": 2, "evse_id": 1, "purpose": Purpose.TX, "stack_level": 7}, (2,)),
        ({"id": 9}, ()),
        ({"id": 8}, ()),
        ({"evse_id": 0}, (1, 3)),
        ({"evse_id": 1}, (2, 4)),
        ({"purpose": Purpose.TX_DEFAULT}, (1, 2)),
        ({"purpose": Purpose.TX_DEFAULT, "stack_level": 1}, (2,)),
        ({"purpose": Purpose.EXTERNAL}, ()),
        ({"stack_level": 0, "evse_id": 1}, (4,)),
        ({"stack_level": 5}, ()),
    ],
)
def test_clearing_takes_what_matches_all_criteria(
    criteria: dict[str, Any], cleared: tuple[int, ...], profile: Make
) -> None:
    installed = [
        profile(id=1, evse=0),
        profile(id=2, level=1),
        profile(id=3, evse=0, purpose="station max"),
        profile(id=4, **TX),
        profile(id=8, evse=0, purpose="external"),
    ]

    assert cleared_by(installed, **criteria) == cleared


def test_the_values_of_a_clash_are_words_that_others_share() -> None:
    assert [clash.value for clash in Clash] == ["replaces", "refused"]


@pytest.mark.requirement("K01.FR.11", "K01.FR.37")
@pytest.mark.parametrize(
    ("facts", "spent"),
    [
        ({}, False),
        ({"duration_s": 60}, True),
        ({"duration_s": 61}, False),
        ({"duration_s": 60, "start": None}, False),
        ({"duration_s": 60, "kind": "relative"}, False),
        ({"duration_s": 60, "kind": "recurring", "recurs_s": 86_400}, False),
        ({"valid_to": 60}, True),
        ({"valid_to": 61}, False),
        ({"valid_to": 60, "kind": "recurring", "recurs_s": 86_400}, True),
    ],
)
def test_a_profile_is_spent_when_it_can_never_count_again(
    facts: dict[str, Any], spent: bool, profile: Make
) -> None:
    a_minute_later = datetime(2026, 3, 30, 8, 1, tzinfo=UTC)

    assert is_spent(profile(**facts), a_minute_later) is spent
