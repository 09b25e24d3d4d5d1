"""The installed profiles as the central system wants them told: 2.0.1 K09. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from chargepoint.core.messages import GetProfiles, ProfilesReported
from profiles.reporting import by_place
from profiles.schedule import Profile


def reports(command: GetProfiles, profiles: Iterable[Profile]) -> tuple[ProfilesReported, ...]:
    """Return one message for each EVSE and origin; all but the last say that more comes."""
    places = by_place(profiles, command.criteria)
    return tuple(
        ProfilesReported(
            command.request_id,
            together[0].evse_id,
            together[0].origin,
            together,
            more=number < len(places),
        )
        for number, together in enumerate(places, 1)
    )
