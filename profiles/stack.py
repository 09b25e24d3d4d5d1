"""Which profiles compete, and which of them would lead: purposes and stack levels.

Profiles that compete form a *group*, of which at any instant the highest level that has
a period leads: station maximum; external of the station; external of the EVSE; and the
transaction's own profiles over the defaults.

Source: OCPP 2.0.1 part 2, K 3.2 to 3.5, K01.FR.14 to .17, K02.FR.04 and .08; OCPP 1.6
section 3.13.1 and 3.13.2 with errata 3.43.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from profiles.schedule import Period, Profile, Purpose, Unit
from profiles.undated import cautious
from profiles.units import ASSUMED_PHASES, Supply, amperes

TX, TX_DEFAULT = Purpose.TX, Purpose.TX_DEFAULT  # Enum looks its members up slowly


class Opinion(NamedTuple):
    """What one period allows, in the unit it came in, on the phases it means."""

    limit: float
    unit: Unit
    phases: int

    def amperes(self, supply: Supply) -> float:
        """Return it per phase; watts are those of its own phases (K01.FR.50)."""
        if self.unit is Unit.A:
            return self.limit
        return amperes(self.limit, supply.voltage_v, self.phases)


def opinion_of(period: Period, unit: Unit) -> Opinion:
    """Return what *period* says; what is no number, or negative, allows nothing."""
    limit = period.limit if period.limit >= 0.0 else 0.0
    return Opinion(limit, unit, period.phases or ASSUMED_PHASES)


def groups_of(
    profiles: Iterable[Profile], evse_id: int, transaction_id: str | None, dated: bool = True
) -> list[list[Profile]]:
    """Return the groups of profiles that count on *evse_id*, in each the leading one first.

    No two of a group share a level and a validity; if they did, the later id would lead.
    Not *dated*: nobody knows the date, and each is a group of its own.
    """
    profiles = tuple(profiles)
    own_levels = {
        profile.stack_level
        for profile in profiles
        if profile.purpose is TX_DEFAULT and profile.evse_id == evse_id
    }
    groups: dict[tuple[Purpose, int], list[Profile]] = {}
    counting = [p for p in profiles if _counts(p, evse_id, transaction_id, own_levels)]
    if not dated:
        return [[cautious(profile)] for profile in counting]
    for profile in counting:
        groups.setdefault(_group_of(profile), []).append(profile)
    return [sorted(group, key=_precedence, reverse=True) for group in groups.values()]


def _counts(
    profile: Profile, evse_id: int, transaction_id: str | None, own_levels: set[int]
) -> bool:
    """Return whether *profile* may limit *evse_id*, 0 for the station itself.

    An EVSE's own default takes the place of the station's on the same level, for that
    EVSE, valid or not (1.6 section 3.13.1; 2.0.1 does not let both be installed).
    """
    if profile.purpose is TX:
        mine = profile.evse_id == evse_id and profile.transaction_id == transaction_id
        return mine and transaction_id is not None
    if profile.purpose is not TX_DEFAULT:
        return profile.evse_id in (0, evse_id)
    if evse_id == 0:
        return False
    return profile.evse_id == evse_id or (
        profile.evse_id == 0 and profile.stack_level not in own_levels
    )


def _group_of(profile: Profile) -> tuple[Purpose, int]:
    """Return who competes with *profile*; a transaction's own with the defaults (K02.FR.04)."""
    if profile.purpose in (TX, TX_DEFAULT):
        return TX, 0
    return profile.purpose, profile.evse_id


def _precedence(profile: Profile) -> tuple[bool, int, int]:
    return profile.purpose is TX, profile.stack_level, profile.id
