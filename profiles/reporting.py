"""Which profiles a report shows, and how it is cut into messages.

Source: OCPP 2.0.1 part 2, K09 and ChargingProfileCriterionType.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter

from profiles.limits import Origin
from profiles.schedule import Profile, Purpose

PLACE = attrgetter("evse_id", "origin")


@dataclass(frozen=True, slots=True)
class Criteria:
    """All that is given must match; what is absent, None or empty, matches everything.

    *evse_id* 0 is what is installed on the station, above 0 what is installed on that EVSE,
    not what merely counts there (K09.FR.04 to .06).
    """

    evse_id: int | None = None
    ids: Collection[int] = ()
    purpose: Purpose | None = None
    stack_level: int | None = None
    origins: Collection[Origin] = ()

    def match(self, profile: Profile) -> bool:
        """Return whether *profile* is asked for."""
        return (
            self.evse_id in (None, profile.evse_id)
            and (not self.ids or profile.id in self.ids)
            and self.purpose in (None, profile.purpose)
            and self.stack_level in (None, profile.stack_level)
            and (not self.origins or profile.origin in self.origins)
        )


def by_place(profiles: Iterable[Profile], criteria: Criteria) -> tuple[tuple[Profile, ...], ...]:
    """Return the profiles that match, those of one EVSE and one origin together.

    >>> by_place([], Criteria())
    ()
    """
    found = sorted(filter(criteria.match, profiles), key=lambda p: (*PLACE(p), p.id))
    return tuple(tuple(together) for _, together in groupby(found, PLACE))
