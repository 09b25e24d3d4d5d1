"""Charging profiles in our own words, the same for every OCPP version."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from profiles.limits import Origin


class Purpose(StrEnum):
    """Whose wish a profile is; see OCPP 2.0.1 part 2, K 3.1, and 1.6 section 3.13.1."""

    STATION_MAX = "station max"
    TX_DEFAULT = "tx default"
    TX = "tx"
    EXTERNAL = "external"


class Kind(StrEnum):
    """Where a schedule counts its seconds from."""

    ABSOLUTE = "absolute"
    RECURRING = "recurring"
    RELATIVE = "relative"


class Unit(StrEnum):
    """Amperes per phase, or watts over all phases."""

    A = "A"
    W = "W"


DAILY_S = 86_400
WEEKLY_S = 604_800


class Period(NamedTuple):
    """From *start_s* seconds after the origin, *limit* in the unit of its schedule."""

    start_s: int
    limit: float
    phases: int | None = None
    phase_to_use: int | None = None


@dataclass(frozen=True, slots=True)
class Schedule:
    """Periods in rising order of ``start_s``, over after *duration_s* where that is given.

    *start_at* is aware UTC; absent for relative schedules, and for absolute ones of
    OCPP 1.6, which then begin with the charging. *min_rate* is a hint for sharing,
    in *unit*, never a floor.
    """

    unit: Unit
    periods: tuple[Period, ...]
    start_at: datetime | None = None
    duration_s: int | None = None
    min_rate: float | None = None


@dataclass(frozen=True, slots=True)
class Profile:
    """One installed charging profile.

    *evse_id* 0 is the whole station. *recurs_s* is DAILY_S or WEEKLY_S for recurring
    ones. *valid_from* is inclusive, *valid_to* exclusive, absent is open.
    *transaction_id* is our own id of the transaction that a TX profile is for.
    *origin* is whoever set it. *as_received* is the central system's own words, for
    reports that must repeat them.
    """

    id: int
    evse_id: int
    purpose: Purpose
    stack_level: int
    kind: Kind
    schedules: tuple[Schedule, ...]
    recurs_s: int | None = None
    valid_from: datetime | None = None
    valid_to: datetime | None = None
    transaction_id: str | None = None
    as_received: str = ""
    origin: Origin = Origin.CENTRAL

    @property
    def schedule(self) -> Schedule:
        """Return the first schedule: the only one outside ISO 15118."""
        return self.schedules[0]
