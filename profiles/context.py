"""What the station can, and what runs on it, when a profile is judged; and why it is refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from profiles.replacing import Clash
from profiles.schedule import Unit


class Reason(StrEnum):
    """Why a profile is refused, as a reason code of OCPP 2.0.1 appendix 5."""

    DUPLICATE_PROFILE = "DuplicateProfile"
    INVALID_PROFILE = "InvalidProfile"
    INVALID_SCHEDULE = "InvalidSchedule"
    INVALID_STACK_LEVEL = "InvalidStackLevel"
    INVALID_VALUE = "InvalidValue"
    MISSING_PARAM = "MissingParam"
    TOO_MANY_ELEMENTS = "TooManyElements"
    TX_NOT_FOUND = "TxNotFound"
    UNKNOWN_EVSE = "UnknownEvse"
    UNSUPPORTED_RATE_UNIT = "UnsupportedRateUnit"


@dataclass(frozen=True, slots=True)
class Rules:
    """Where the two versions judge differently.

    *start_is_exact*: startSchedule is given exactly where the kind counts from it (K01.FR.40,
    .41). *phases_are_exact*: a number of phases that cannot be enforced is refused (K01.FR.43).
    """

    clash: Clash
    start_is_exact: bool
    phases_are_exact: bool


RULES: Mapping[Clash, Rules] = {
    Clash.REPLACES: Rules(Clash.REPLACES, start_is_exact=False, phases_are_exact=False),
    Clash.REFUSED: Rules(Clash.REFUSED, start_is_exact=True, phases_are_exact=True),
}


@dataclass(frozen=True, slots=True)
class Context:
    """What the station can, and what runs on it, at the moment a profile comes.

    *transactions* names the running transaction of each EVSE that has one. *max_periods*
    counts per schedule, *max_profiles* those of the central system. *phases* are those of
    the supply, *fewest_phases* how far the station can go down by its own contactors.
    *choosable_phases* are those it can connect, or always does, when it charges on one.
    *remote_start*: the profile came inside a remote start and has no transaction yet.
    """

    evse_ids: frozenset[int]
    rules: Rules
    transactions: Mapping[int, str]
    units: frozenset[Unit] = frozenset(Unit)
    max_stack_level: int = 9
    max_periods: int = 1024
    max_profiles: int = 100
    phases: int = 3
    fewest_phases: int = 1
    choosable_phases: frozenset[int] = frozenset()
    remote_start: bool = False
