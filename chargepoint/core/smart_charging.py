"""Charging profiles of the central system: installed, applied, told. The rules are profiles/'s.

1.6 sections 3.13, 5.5, 5.7, 5.16; 2.0.1 K01 to K10, F01.FR.26.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from chargepoint.core.common import Common
from chargepoint.core.config import EvseConfig
from chargepoint.core.evse import Evse
from chargepoint.core.messages import (
    ACCEPTED,
    ClearProfiles,
    GetComposite,
    GetProfiles,
    Outcome,
    Reply,
    SetProfile,
)
from chargepoint.core.profile_limits import ProfileLimits
from chargepoint.core.profile_reports import reports
from profiles.limits import Limit
from profiles.pools import Pool
from profiles.schedule import Profile, Purpose, Unit
from profiles.undated import is_set
from profiles.validation import (
    RULES,
    Clash,
    Context,
    cleared_by,
    is_spent,
    reasons,
    replaced_by,
)

TABLE = "SmartChargingCtrlr"


class SmartCharging:
    """The installed profiles and the limits they set now."""

    def __init__(self, common: Common, kept: Mapping[str, Profile]) -> None:
        self._common = common
        self._profiles = {profile.id: profile for profile in kept.values()}
        self._limits = ProfileLimits(common, self._profiles)
        self._counts = True
        self.external: Callable[[], tuple[Profile, ...]] = lambda: ()
        for profile in kept.values():  # no transaction survives a start: K02.FR.05
            if profile.purpose is Purpose.TX:
                self._remove(profile.id)

    @property
    def tells_limits(self) -> bool:
        """Return whether the central system wants to hear now of limits that are not its own."""
        common = self._common
        return common.dialect.tells_limits and common.online and self._enabled()

    def __len__(self) -> int:
        return len(self._profiles)

    # --- what the central system asks --------------------------------------------------------

    def set(self, command: SetProfile, central_ids: Mapping[str, int]) -> Reply:
        """Install a profile, or say why not: 1.6 section 5.16, K01."""
        if not self._enabled():
            return Reply(Outcome.UNSUPPORTED, "NotEnabled", "smart charging is off")
        profile = self._for_transaction(command, central_ids)
        if profile.evse_id and profile.evse_id not in self._common.evses:
            return Reply(Outcome.UNKNOWN_EVSE, "UnknownEvse", f"no EVSE {profile.evse_id}")
        self._make_room()
        refusal = self._refusal(profile, remote_start=False)
        return refusal or self._install(profile)

    def clear(self, command: ClearProfiles) -> Reply:
        """Remove what matches: 1.6 section 5.5, K10."""
        ids = cleared_by(
            self._profiles.values(),
            command.id,
            command.evse_id,
            command.purpose,
            command.stack_level,
        )
        for profile_id in ids:
            self._remove(profile_id)
        if not ids:
            return Reply(Outcome.UNKNOWN, "NotFound", "no such profile is installed")
        self._common.turn.note(f"charging profile {', '.join(map(str, ids))} cleared")
        return ACCEPTED

    def composite(self, command: GetComposite, shared: tuple[Pool, ...]) -> Reply:
        """GetCompositeSchedule: 1.6 section 5.7, K08. *shared* limits all EVSEs together."""
        if not self._enabled():
            return Reply(Outcome.UNSUPPORTED, "NotEnabled", "smart charging is off")
        if command.evse_id and command.evse_id not in self._common.evses:
            return Reply(Outcome.UNKNOWN_EVSE, "UnknownEvse", f"no EVSE {command.evse_id}")
        units = self._units()
        unit = command.unit or units[0]
        if unit not in units:
            return Reply(Outcome.REJECTED, "UnsupportedRateUnit", f"no schedules in {unit}")
        return self._limits.composite(command, unit, shared)

    def report(self, command: GetProfiles) -> Reply:
        """GetChargingProfiles: the answer first, the reports after it (K09)."""
        if not self._enabled():
            return Reply(Outcome.UNSUPPORTED, "NotEnabled", "smart charging is off")
        found = reports(command, (*self._profiles.values(), *self.external()))
        for each in found:
            self._common.turn.tell_anyway(each)
        return ACCEPTED if found else Reply(Outcome.UNKNOWN, "NotFound", "no such profile")

    # --- a remote start's profile ----------------------------------------------------------------

    def refuse_remote_start(self, profile: Profile, evse: Evse) -> Reply | None:
        """Return why a remote start's profile is no good, None when it is (K05, F01.FR.26)."""
        if not self._enabled():
            return None  # F01.FR.12: ignored
        return self._refusal(replace(profile, evse_id=evse.id), remote_start=True)

    def transaction_began(self, evse: Evse) -> None:
        """Bind the profile that came with the remote start to its transaction."""
        grant, transaction = evse.grant, evse.transaction
        if grant is None or grant.profile is None or transaction is None or not self._enabled():
            return
        self._install(replace(grant.profile, evse_id=evse.id, transaction_id=transaction.id))

    def transaction_ended(self, transaction_id: str) -> None:
        """Delete the profiles of a transaction that is over: K02.FR.05, 1.6 section 3.13.1."""
        for profile in list(self._profiles.values()):
            if profile.transaction_id == transaction_id:
                self._remove(profile.id)

    def energy_offered(self, evse: Evse) -> None:
        """Energy is offered for the first time: the origin of relative schedules."""
        transaction = evse.transaction
        if transaction is not None and transaction.energy_offered_at is None:
            changed = evse.update_transaction(energy_offered_at=self._common.now.utc)
            self._common.turn.keep("transaction", changed.id, changed)

    # --- limits now ------------------------------------------------------------------------------

    def tick(self) -> None:
        """Follow the clock and the switch; call it before limits are asked for."""
        self._counts = self._enabled()
        self._limits.follow_clock()

    def limits(self, evse: Evse) -> tuple[Limit, ...]:
        """Return what the profiles allow this EVSE now."""
        return self._limits.of(evse).limits if self._counts else ()

    def least_a(self, evse: Evse) -> float:
        """Return the rate below which charging is inefficient here (minChargingRate), 0 where
        nobody says: a hint for sharing (K01.FR.21, K04.FR.04)."""
        return self._limits.of(evse).least_a if self._counts else 0.0

    def station_limits(self) -> tuple[Limit, ...]:
        """Return what the profiles allow all EVSEs together, to be shared (K04.FR.05)."""
        return self._limits.of_station().limits if self._counts else ()

    # --- the pieces -------------------------------------------------------------------------

    def _for_transaction(self, command: SetProfile, central_ids: Mapping[str, int]) -> Profile:
        """Return a TxProfile with our own transaction id: 1.6 has another, or none (7.8)."""
        profile = command.profile
        if profile.purpose is not Purpose.TX or profile.transaction_id is not None:
            return profile
        evse = self._common.evses.get(profile.evse_id)
        running = evse.transaction if evse is not None else None
        if not self._common.dialect.numbers_transactions or running is None:
            return profile
        number = command.central_transaction_id
        is_ours = number is None or central_ids.get(running.id) == number
        return replace(profile, transaction_id=running.id if is_ours else str(number))

    def _make_room(self) -> None:
        """Forget profiles that can never count again, but only where their places are needed:
        as long as there is room they can be asked for."""
        now = self._common.now.utc
        if len(self) < self._most() or not is_set(now):
            return
        for profile in list(self._profiles.values()):
            if is_spent(profile, now):
                self._remove(profile.id)
                self._common.turn.note(f"charging profile {profile.id} is over", profile.evse_id)

    def _most(self) -> int:
        return int(self._common.variables.maximum(TABLE, "Entries", "ChargingProfiles") or 0)

    def _refusal(self, profile: Profile, remote_start: bool) -> Reply | None:
        context = self._context(profile, remote_start)
        found = reasons(profile, (*self._profiles.values(), *self.external()), context)
        if not found:
            return None
        self._common.turn.note(
            f"charging profile {profile.id} refused: {found[0].info}", profile.evse_id, "warning"
        )
        return Reply(Outcome.REJECTED, found[0].reason, found[0].info)

    def _context(self, profile: Profile, remote_start: bool) -> Context:
        variables, config = self._common.variables, self._common.config
        places = [each for each in config.evses if profile.evse_id in (0, each.id)]
        return Context(
            evse_ids=frozenset(self._common.evses),
            rules=RULES[Clash(self._common.dialect.profile_clash.value)],
            transactions={
                evse.id: evse.transaction.id
                for evse in self._common.evses.values()
                if evse.transaction is not None
            },
            units=frozenset(self._units()),
            max_stack_level=variables.integer(TABLE, "ProfileStackLevel"),
            max_periods=variables.integer(TABLE, "PeriodsPerSchedule"),
            max_profiles=self._most(),
            phases=config.phases,
            fewest_phases=max((each.fewest_phases for each in places), default=1),
            choosable_phases=frozenset.intersection(*map(_single_phase, places)),
            remote_start=remote_start,
        )

    def _install(self, profile: Profile) -> Reply:
        clash = Clash(self._common.dialect.profile_clash.value)
        for profile_id in replaced_by(profile, self._profiles.values(), clash):
            self._remove(profile_id)
        self._profiles[profile.id] = profile
        self._limits.forget()
        self._common.turn.keep("profile", str(profile.id), profile)
        self._common.turn.note(
            f"charging profile {profile.id} installed ({profile.purpose}, "
            f"level {profile.stack_level}, {_first_period(profile)})",
            profile.evse_id,
        )
        return ACCEPTED

    def _remove(self, profile_id: int) -> None:
        del self._profiles[profile_id]
        self._limits.forget()
        self._common.turn.forget("profile", str(profile_id))

    def _units(self) -> tuple[Unit, ...]:
        return tuple(Unit(word) for word in self._common.variables.members(TABLE, "RateUnit"))

    def _enabled(self) -> bool:
        return self._common.offers(TABLE, "SmartCharging")


def _first_period(profile: Profile) -> str:
    schedule = profile.schedule
    return f"{schedule.periods[0].limit:g} {schedule.unit}"


def _single_phase(evse: EvseConfig) -> frozenset[int]:
    """Return the phase of the grid that an EVSE uses when it charges on one: always the same.

    K01.FR.46 and .48: there is no choice, but what it is going to use may be named.
    """
    return frozenset(evse.phase_map[:1] if evse.fewest_phases == 1 else ())
