"""Which installed profiles make way: for a new one, or for ClearChargingProfile.

Source: OCPP 2.0.1 part 2, K01.FR.05 and K10; OCPP 1.6 section 3.13.2, 5.5 and 5.16 with
errata 3.25.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum

from profiles.schedule import Kind, Profile, Purpose


class Clash(StrEnum):
    """What happens to a new profile on the level of an installed one."""

    REPLACES = "replaces"  # 1.6 section 5.16.3 and 5.16.4
    REFUSED = "refused"  # 2.0.1 K01.FR.06, .39, .52, .53


def replaced_by(profile: Profile, installed: Iterable[Profile], clash: Clash) -> tuple[int, ...]:
    """Return the ids of the installed profiles that *profile* takes the place of.

    Always the one with its id, wherever it is (K01.FR.05); in 1.6 also the one of the same
    purpose and level on the same connector, at once, valid or not (3.13.2, 5.16.3).
    """
    return tuple(
        other.id
        for other in installed
        if other.purpose is not Purpose.EXTERNAL
        and (other.id == profile.id or (clash is Clash.REPLACES and _same_place(profile, other)))
    )


def cleared_by(
    installed: Iterable[Profile],
    id: int | None = None,
    evse_id: int | None = None,
    purpose: Purpose | None = None,
    stack_level: int | None = None,
) -> tuple[int, ...]:
    """Return the ids that ClearChargingProfile clears; none: answer Unknown.

    With *id* only that one. Else all that match what is given; EVSE 0 means installed on
    0, None anywhere. External ones are never touched. K10.FR.01, .03, .04, .08, .09; 1.6
    section 5.5 with errata 3.25.
    """
    if id is not None:
        evse_id = purpose = stack_level = None
    return tuple(
        profile.id
        for profile in installed
        if profile.purpose is not Purpose.EXTERNAL
        and id in (None, profile.id)
        and evse_id in (None, profile.evse_id)
        and purpose in (None, profile.purpose)
        and stack_level in (None, profile.stack_level)
    )


def is_spent(profile: Profile, at: datetime) -> bool:
    """Return whether *profile* can never count again after *at*, on a clock that is right.

    Recurring ones never end by themselves, relative ones may begin anew.
    """
    if profile.valid_to is not None and profile.valid_to <= at:
        return True
    schedule = profile.schedule
    if profile.kind is not Kind.ABSOLUTE or schedule.start_at is None:
        return False
    if schedule.duration_s is None:
        return False
    return schedule.start_at + timedelta(seconds=schedule.duration_s) <= at


def _same_place(one: Profile, other: Profile) -> bool:
    return (one.evse_id, one.purpose, one.stack_level) == (
        other.evse_id,
        other.purpose,
        other.stack_level,
    )
