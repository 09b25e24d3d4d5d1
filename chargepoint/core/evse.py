"""One EVSE: the facts that everything about it is derived from."""

from __future__ import annotations

from dataclasses import field, replace
from datetime import datetime

from chargepoint.core.config import EvseConfig, SecondContactor
from chargepoint.core.power import ASKING, PowerPath
from chargepoint.core.session import AUTHORIZED_STATES, Input, State, after
from chargepoint.core.values import dataclass
from chargepoint.core.words import ChargingState, MeterSample, StopReason, Token, Trigger
from hardware.api import Fault, MeterReading, Pilot, Sensed
from hardware.guard import FOLLOW_S
from profiles.limits import Limit
from profiles.schedule import Profile

MOST_PRIORITY = 100  # of [[evse]] priority
LOST = frozenset({Pilot.E, Pilot.F})
LAST_READING_S = 2.0  # a meter that was not read by then is not waited for
RISE_S = 3.0  # a car has this long to react to an offer before it counts as suspended


@dataclass(frozen=True, slots=True)
class Grant:
    """Somebody may charge here. *candidates* are the other EVSEs the same reader serves,
    *reservation_id* is what he reserved, *priority* the token's chargingPriority."""

    token: Token
    at_s: float
    group: Token | None = None
    remote_start_id: int | None = None
    profile: Profile | None = None
    candidates: tuple[int, ...] = ()
    reservation_id: int | None = None
    priority: int | None = None


@dataclass(frozen=True, slots=True)
class SessionRecord:
    """What must be on disk before the contactor closes."""

    token: Token
    at: datetime


@dataclass(frozen=True, slots=True)
class Transaction:
    """One transaction as it is kept on disk; *seq_no* is the next one to use.

    *reached* are the start and stop points met so far: a stop point ends the
    transaction only after it was met. *energy_cap_wh* is the register value at which an
    invalidated token loses its energy (MaxEnergyOnInvalidId); None is "no cap".
    *energy_offered_at* is the origin of relative profiles. *priority* is what the central
    system says of this transaction alone (chargingPriority).
    """

    id: str
    evse_id: int
    connector_id: int
    started_at: datetime
    meter_start_wh: float
    last_wh: float
    last_at: datetime
    seq_no: int = 0
    token: Token | None = None
    token_told: bool = False
    evse_told: bool = False
    begun_told: bool = False
    remote_start_id: int | None = None
    remote_told: bool = False
    reservation_id: int | None = None
    charging_state: ChargingState | None = None
    phases_told: int | None = None
    stop_reason: StopReason | None = None
    energy_cap_wh: float | None = None
    energy_offered_at: datetime | None = None
    reached: frozenset[str] = frozenset()
    begin_sample: MeterSample | None = None
    samples_kept: int = 0
    priority: int | None = None

    @property
    def deauthorized(self) -> bool:
        """Return whether the central system did not accept the token, and energy is capped."""
        return self.energy_cap_wh is not None


@dataclass(frozen=True, slots=True)
class Ending:
    """A transaction that is over as soon as the contactor is open."""

    trigger: Trigger
    since_s: float
    stop_token: Token | None = None


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose token releases a cable that is kept locked: this one, or one of its group.

    *may_resume*: shown with the car back on the cable, it starts again, too (E09.FR.01).
    """

    token: Token
    group: Token | None
    may_resume: bool


@dataclass(slots=True)
class Evse:
    """The facts about one EVSE; statuses are derived from them, never stored.

    *granted_in* is the number of the batch that puts the session on disk.
    *keep_locked* must show a token before the cable is released (E05.FR.11, E09.FR.03,
    1.6 errata 3.5). *charged*: energy has flowed since the car came. *was_connected* tells
    whether a car was there when the pilot could last say so. *points_met* are the
    transaction's start and stop points as they were accounted for last. *opened_at_s* is
    when the contactor opened, None while it is closed. *wanted_phases* are what it shall
    charge on, *phases_because* tells why. *used_phases* are those of its own phases, 1 to 3,
    that this car was seen to load when it had them all; empty until it was seen. *leaving*:
    it is about to be reset, so nobody new begins here.
    """

    config: EvseConfig
    path: PowerPath
    state: State = State.IDLE
    since_s: float = 0.0
    grant: Grant | None = None
    granted_in: int | None = None
    transaction: Transaction | None = None
    ending: Ending | None = None
    sensed: Sensed | None = None
    was_connected: bool = False
    opened_at_s: float | None = None
    reading: MeterReading | None = None
    register_wh: float = 0.0
    limits: tuple[Limit, ...] = ()
    binding: Limit = field(default_factory=lambda: Limit(0.0, "starting"))
    charging_state: ChargingState = ChargingState.IDLE
    keep_locked: Owner | None = None
    unlock_until_s: float = float("-inf")
    ev_side_lost: bool = False
    charged: bool = False
    points_met: frozenset[str] = frozenset()
    wanted_phases: int = 3
    phases_because: str = ""
    used_phases: frozenset[int] = frozenset()
    drawing_since_s: float | None = None
    leaving: bool = False

    @property
    def id(self) -> int:
        return self.config.id

    @property
    def connected(self) -> bool:
        """Return whether a car is connected.

        A pilot in state E or F cannot say so: then what was known stands, for as long as
        a cable is in.
        """
        sensed = self.sensed
        if sensed is None or sensed.connected:
            return sensed is not None
        return self.was_connected and self.pilot_lost and sensed.cable_a > 0.0

    @property
    def bay_taken(self) -> bool:
        """Return whether a car stands in the parking bay, as far as a sensor looks."""
        return self.config.bay_sensor and self.sensed is not None and bool(self.sensed.bay_taken)

    @property
    def bay_unseen(self) -> bool:
        """Return whether the installer promised a bay sensor that the board does not have."""
        sensed = self.sensed
        return self.config.bay_sensor and sensed is not None and sensed.bay_taken is None

    @property
    def pilot_lost(self) -> bool:
        """Return whether the pilot says nothing about the car."""
        return self.sensed is not None and self.sensed.pilot in LOST

    @property
    def cable_in(self) -> bool:
        """Return whether there is a cable in the socket, or a car at the fixed cable."""
        if self.config.connector_lock and self.sensed is not None:
            return self.connected or self.sensed.cable_a > 0.0
        return self.connected

    @property
    def connector_id(self) -> int | None:
        """Return the connector in use, None while none is."""
        return self.sensed.connector_id if self.sensed is not None and self.cable_in else None

    @property
    def authorized(self) -> bool:
        return self.state in AUTHORIZED_STATES

    @property
    def energized(self) -> bool:
        """Return whether the contactor is closed."""
        return self.sensed is not None and self.sensed.main_closed

    @property
    def phases(self) -> int:
        """Return how many phases are switched on, or will be by the next closing."""
        return 1 if self.second_missing else self.path.phases

    @property
    def phases_used(self) -> int | None:
        """Return how many of the phases switched on the car loads; None until it was seen."""
        used = sum(phase <= self.phases for phase in self.used_phases)
        return used or None

    @property
    def second_missing(self) -> bool:
        """Return whether the second contactor did not follow the first, as it was told."""
        sensed, closed_at_s = self.sensed, self.path.closed_since_s
        if sensed is None or closed_at_s is None or self.path.phases < 3:
            return False
        alone = self.config.second_contactor is not SecondContactor.ABSENT
        return alone and not sensed.second_closed and sensed.at_s - closed_at_s > FOLLOW_S

    def forget_car(self) -> None:
        """Forget what was learned of the car that is gone."""
        self.used_phases, self.drawing_since_s = frozenset(), None
        self.path.forget_car()

    def awaits_reading(self, now_s: float) -> bool:
        """Return whether the meter may yet tell the energy up to the contactor's opening."""
        if self.reading is None or self.opened_at_s is None:
            return False
        return self.reading.at_s < self.opened_at_s and now_s - self.opened_at_s < LAST_READING_S

    @property
    def fault(self) -> Fault | None:
        """Return the worst opening fault, None when charging is possible."""
        if self.sensed is None or not self.sensed.faults:
            return None
        return min((fault for fault in self.sensed.faults if fault.opens), default=None)

    @property
    def priority(self) -> int:
        """Return who is served first: by the word of the central system for the transaction,
        else for its token, else 0 (K03.FR.04 to .06); among equals by the installer's."""
        said = (self.transaction, self.grant)
        told = [each.priority for each in said if each is not None and each.priority is not None]
        return (told[0] if told else 0) * (MOST_PRIORITY + 1) + self.config.priority

    @property
    def free(self) -> bool:
        """Return whether a new driver may begin here, as far as the session goes."""
        return not self.authorized and self.ending is None

    @property
    def busy(self) -> bool:
        """Return whether somebody charges here, or may, or a transaction is open."""
        return not self.free or self.transaction is not None

    def enter(self, what: Input, now_s: float) -> bool:
        """Move the session; return whether its state changed."""
        state = after(self.state, what)
        if state is self.state:
            return False
        self.state, self.since_s, self.charged = state, now_s, False
        if state not in AUTHORIZED_STATES:
            self.grant = self.granted_in = None
        return True

    def update_transaction(self, **changes: object) -> Transaction:
        """Replace the running transaction by a changed one and return it."""
        assert self.transaction is not None
        self.transaction = replace(self.transaction, **changes)  # type: ignore[arg-type]
        return self.transaction

    def charging_state_now(self, now_s: float) -> ChargingState:
        """Return the charging state that the facts say: ChargingStateEnumType, E02.FR.13.

        While a car is still reacting to a fresh offer the former state stands, so that a
        start or a resumption is not told as a suspension; nor is the moment before the
        first offer. A stopped transaction charges until the contactor is open.
        """
        sensed = self.sensed
        if sensed is None or not self.connected:
            return ChargingState.IDLE
        live = sensed.main_closed and sensed.pilot in ASKING
        if self.state is not State.ACTIVE:
            still = live and self.transaction is not None
            return ChargingState.CHARGING if still else ChargingState.EV_CONNECTED
        if self.path.changes_phases(now_s):
            return self.charging_state
        if self.path.offer_a <= 0.0:
            begins = not self.charged and now_s - self.since_s < RISE_S
            return ChargingState.EV_CONNECTED if begins else ChargingState.SUSPENDED_EVSE
        if live:
            return ChargingState.CHARGING
        rising = now_s - (self.path.offered_since_s or 0.0) < RISE_S
        if sensed.pilot in ASKING or rising:
            former = self.charging_state
            return ChargingState.EV_CONNECTED if former is ChargingState.IDLE else former
        return ChargingState.SUSPENDED_EV
