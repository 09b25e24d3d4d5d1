"""The checks that a profile passes before it is installed: rows, in the order in which they answer.

Source: OCPP 2.0.1 part 2, K01, K02.FR.03, K04.FR.03 and K05 with errata 2.36 to 2.40;
OCPP 1.6 section 3.13 and 5.16 with errata 3.34, 3.39 and 3.43 to 3.45.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import chain, pairwise

from profiles.context import Context, Reason
from profiles.phase_clash import phases_clash
from profiles.replacing import Clash, replaced_by
from profiles.schedule import Kind, Period, Profile, Purpose

Installed = Sequence[Profile]
Check = Callable[[Profile, Installed, Context], str]  # a sentence; "" where all is well

BEGINNING = datetime.min.replace(tzinfo=UTC)
END = datetime.max.replace(tzinfo=UTC)


def _unknown_evse(profile: Profile, installed: Installed, context: Context) -> str:
    known = profile.evse_id == 0 or profile.evse_id in context.evse_ids
    return "" if known else f"there is no EVSE {profile.evse_id}"


def _external(profile: Profile, installed: Installed, context: Context) -> str:
    external = profile.purpose is Purpose.EXTERNAL
    return "external constraints are not for the central system to set" if external else ""


def _id_of_external(profile: Profile, installed: Installed, context: Context) -> str:
    theirs = any(p.id == profile.id and p.purpose is Purpose.EXTERNAL for p in installed)
    return f"profile {profile.id} is an external constraint" if theirs else ""


def _not_for_remote_start(profile: Profile, installed: Installed, context: Context) -> str:
    if not context.remote_start:
        return ""
    if profile.purpose is not Purpose.TX:
        return "a remote start takes a TxProfile only"
    named = profile.transaction_id is not None
    return "a remote start cannot name its transaction" if named else ""


def _unit_not_allowed(profile: Profile, installed: Installed, context: Context) -> str:
    units = {schedule.unit for schedule in profile.schedules} - context.units
    return f"limits in {'/'.join(sorted(units))} are not supported" if units else ""


def _level_too_high(profile: Profile, installed: Installed, context: Context) -> str:
    fits = 0 <= profile.stack_level <= context.max_stack_level
    return "" if fits else f"stack level is 0 to {context.max_stack_level}"


def _too_many_periods(profile: Profile, installed: Installed, context: Context) -> str:
    most = max((len(schedule.periods) for schedule in profile.schedules), default=0)
    fits = most <= context.max_periods
    return "" if fits else f"a schedule has at most {context.max_periods} periods"


def _full(profile: Profile, installed: Installed, context: Context) -> str:
    replaced = replaced_by(profile, installed, context.rules.clash)
    kept = [p for p in installed if p.purpose is not Purpose.EXTERNAL and p.id not in replaced]
    fits = len(kept) < context.max_profiles
    return "" if fits else f"at most {context.max_profiles} profiles can be installed"


def _not_one_schedule(profile: Profile, installed: Installed, context: Context) -> str:
    return "" if len(profile.schedules) == 1 else "one schedule is needed, and no more"


def _first_not_at_zero(profile: Profile, installed: Installed, context: Context) -> str:
    fits = all(s.periods and s.periods[0].start_s == 0 for s in profile.schedules)
    return "" if fits else "the first period starts at 0"


def _not_rising(profile: Profile, installed: Installed, context: Context) -> str:
    for schedule in profile.schedules:
        starts = [period.start_s for period in schedule.periods]
        if any(later <= earlier for earlier, later in pairwise(starts)):
            return "periods start one after the other"
    return ""


def _start_missing(profile: Profile, installed: Installed, context: Context) -> str:
    optional = profile.kind is Kind.RELATIVE or (
        profile.kind is Kind.ABSOLUTE and not context.rules.start_is_exact
    )
    given = all(schedule.start_at is not None for schedule in profile.schedules)
    return "" if optional or given else f"an {profile.kind} schedule needs its start"


def _start_too_much(profile: Profile, installed: Installed, context: Context) -> str:
    exact = context.rules.start_is_exact and profile.kind is Kind.RELATIVE
    given = any(schedule.start_at is not None for schedule in profile.schedules)
    return "a relative schedule has no start" if exact and given else ""


def _recurrence_missing(profile: Profile, installed: Installed, context: Context) -> str:
    missing = profile.kind is Kind.RECURRING and not profile.recurs_s
    return "a recurring profile says how often" if missing else ""


def _not_a_limit(profile: Profile, installed: Installed, context: Context) -> str:
    for period in _periods(profile):
        if not 0.0 <= period.limit < math.inf:
            return f"a limit is a number from 0, not {period.limit}"
        if period.phases is not None and period.phases not in (1, 2, 3):
            return f"a period is for 1 to 3 phases, not {period.phases}"
    negative = any(
        schedule.duration_s is not None and schedule.duration_s < 0
        for schedule in profile.schedules
    )
    return "a schedule does not last less than 0 s" if negative else ""


def _phases_out_of_reach(profile: Profile, installed: Installed, context: Context) -> str:
    """More phases than the supply has are simply not used: K01.FR.45, 1.6 errata 3.34."""
    fewest = min(context.fewest_phases, context.phases)
    asked = [period.phases for period in _periods(profile) if period.phases is not None]
    out_of_reach = context.rules.phases_are_exact and any(phases < fewest for phases in asked)
    return f"the station cannot charge on fewer than {fewest} phases" if out_of_reach else ""


def _phase_to_use(profile: Profile, installed: Installed, context: Context) -> str:
    for period in _periods(profile):
        if period.phase_to_use is None:
            continue
        if period.phases != 1:
            return "phaseToUse is for 1 phase only"
        if period.phase_to_use not in context.choosable_phases:
            return f"the station cannot choose phase {period.phase_to_use}"
    return ""


def _phase_conflict(profile: Profile, installed: Installed, context: Context) -> str:
    for other in installed:
        if _may_meet(profile, other) and phases_clash(profile, other):
            return f"profile {other.id} uses another phase"
    return ""


def _station_maximum(profile: Profile, installed: Installed, context: Context) -> str:
    if profile.purpose is not Purpose.STATION_MAX:
        return ""
    if profile.evse_id != 0:
        return "a station maximum is for EVSE 0"
    return "a station maximum is not relative" if profile.kind is Kind.RELATIVE else ""


def _tx_on_station(profile: Profile, installed: Installed, context: Context) -> str:
    wrong = _for_running_tx(profile, context) and profile.evse_id == 0
    return "a TxProfile is for one EVSE" if wrong else ""


def _no_transaction(profile: Profile, installed: Installed, context: Context) -> str:
    missing = _for_running_tx(profile, context) and profile.evse_id not in context.transactions
    return f"no transaction runs on EVSE {profile.evse_id}" if missing else ""


def _tx_not_named(profile: Profile, installed: Installed, context: Context) -> str:
    missing = _for_running_tx(profile, context) and profile.transaction_id is None
    return "a TxProfile names its transaction" if missing else ""


def _another_tx(profile: Profile, installed: Installed, context: Context) -> str:
    if not _for_running_tx(profile, context) or profile.transaction_id is None:
        return ""
    same = context.transactions.get(profile.evse_id) == profile.transaction_id
    return "" if same else f"another transaction runs on EVSE {profile.evse_id}"


def _level_taken_in_tx(profile: Profile, installed: Installed, context: Context) -> str:
    if context.rules.clash is Clash.REPLACES or not _for_running_tx(profile, context):
        return ""
    for other in _others_on_level(profile, installed):
        if other.transaction_id == profile.transaction_id:
            return f"profile {other.id} of this transaction has that level"
    return ""


def _default_taken(profile: Profile, installed: Installed, context: Context) -> str:
    if context.rules.clash is Clash.REPLACES or profile.purpose is not Purpose.TX_DEFAULT:
        return ""
    for other in _others_on_level(profile, installed):
        if (other.evse_id == 0) != (profile.evse_id == 0):
            return f"default {other.id} has that level on EVSE {other.evse_id}"
    return ""


def _level_taken(profile: Profile, installed: Installed, context: Context) -> str:
    if context.rules.clash is Clash.REPLACES or profile.purpose is Purpose.TX:
        return ""
    for other in _others_on_level(profile, installed):
        if other.evse_id == profile.evse_id and _overlap(profile, other):
            return f"profile {other.id} has that level at that time"
    return ""


# --- what the checks share --------------------------------------------------------------


def _periods(profile: Profile) -> Iterator[Period]:
    return chain.from_iterable(schedule.periods for schedule in profile.schedules)


def _may_meet(one: Profile, other: Profile) -> bool:
    """Return whether both may count in one composite period: other purposes, one EVSE."""
    if one.id == other.id or one.purpose is other.purpose:
        return False
    if {one.purpose, other.purpose} == {Purpose.TX, Purpose.TX_DEFAULT}:
        return False
    return one.evse_id == other.evse_id or 0 in (one.evse_id, other.evse_id)


def _for_running_tx(profile: Profile, context: Context) -> bool:
    return profile.purpose is Purpose.TX and not context.remote_start


def _others_on_level(profile: Profile, installed: Installed) -> Iterator[Profile]:
    for other in installed:
        same = other.purpose is profile.purpose and other.stack_level == profile.stack_level
        if same and other.id != profile.id:
            yield other


def _overlap(one: Profile, other: Profile) -> bool:
    """Return whether both are valid at some instant; touching ends do not overlap."""
    return (one.valid_from or BEGINNING) < (other.valid_to or END) and (
        other.valid_from or BEGINNING
    ) < (one.valid_to or END)


CHECKS: tuple[tuple[Reason, Check], ...] = (
    (Reason.UNKNOWN_EVSE, _unknown_evse),  # K01.FR.28
    (Reason.INVALID_VALUE, _external),  # K01.FR.22
    (Reason.DUPLICATE_PROFILE, _id_of_external),  # K01.FR.05
    (Reason.INVALID_PROFILE, _not_for_remote_start),  # K05.FR.02, .05; 1.6 5.16.2
    (Reason.UNSUPPORTED_RATE_UNIT, _unit_not_allowed),  # K01.FR.26
    (Reason.INVALID_STACK_LEVEL, _level_too_high),
    (Reason.TOO_MANY_ELEMENTS, _too_many_periods),
    (Reason.TOO_MANY_ELEMENTS, _full),
    (Reason.INVALID_SCHEDULE, _not_one_schedule),  # K01.FR.34
    (Reason.INVALID_SCHEDULE, _first_not_at_zero),  # K01.FR.31; 1.6 errata 3.45
    (Reason.INVALID_SCHEDULE, _not_rising),  # K01.FR.35
    (Reason.INVALID_SCHEDULE, _start_missing),  # K01.FR.40; 1.6 section 7.13
    (Reason.INVALID_SCHEDULE, _start_too_much),  # K01.FR.41
    (Reason.INVALID_PROFILE, _recurrence_missing),
    (Reason.INVALID_SCHEDULE, _not_a_limit),
    (Reason.INVALID_SCHEDULE, _phases_out_of_reach),  # K01.FR.43, .45
    (Reason.INVALID_SCHEDULE, _phase_to_use),  # K01.FR.19, .20, .48
    (Reason.INVALID_SCHEDULE, _phase_conflict),  # errata 2.36
    (Reason.INVALID_VALUE, _station_maximum),  # K04.FR.03, K01.FR.38
    (Reason.INVALID_VALUE, _tx_on_station),  # K01.FR.16
    (Reason.TX_NOT_FOUND, _no_transaction),  # K01.FR.09
    (Reason.MISSING_PARAM, _tx_not_named),  # K01.FR.03
    (Reason.TX_NOT_FOUND, _another_tx),  # K01.FR.33
    (Reason.INVALID_STACK_LEVEL, _level_taken_in_tx),  # K01.FR.39
    (Reason.DUPLICATE_PROFILE, _default_taken),  # K01.FR.52, .53
    (Reason.DUPLICATE_PROFILE, _level_taken),  # K01.FR.06
)
