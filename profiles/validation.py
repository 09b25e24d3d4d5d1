"""May this profile be installed? -> reasons, empty = yes. What does it replace, what is cleared?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from profiles.checks import CHECKS
from profiles.context import RULES, Context, Reason, Rules
from profiles.replacing import Clash, cleared_by, is_spent, replaced_by
from profiles.schedule import Profile

__all__ = [
    "RULES",
    "Clash",
    "Context",
    "Reason",
    "Refusal",
    "Rules",
    "cleared_by",
    "is_spent",
    "reasons",
    "replaced_by",
]


@dataclass(frozen=True, slots=True)
class Refusal:
    """One reason against a profile: a code for the central system, a sentence for people."""

    reason: Reason
    info: str


def reasons(
    profile: Profile, installed: Iterable[Profile], context: Context
) -> tuple[Refusal, ...]:
    """Return everything that speaks against installing *profile*; empty: install it.

    The first one answers. An unknown EVSE is a CALLERROR in 1.6 (errata 3.39).
    """
    installed = tuple(installed)
    return tuple(
        Refusal(reason, info)
        for reason, check in CHECKS
        if (info := check(profile, installed, context))
    )
