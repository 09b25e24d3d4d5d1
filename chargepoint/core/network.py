"""Which central system is dialled, in which order, and the way back.

2.0.1 B09, B10 and A05 with their errata of 2025-09. The configured [csms] is slot 1 until
the central system writes another profile there; when the installer changes [csms], his
word counts again. Slots and their order are read at every start; what is changed later
waits for the next one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from chargepoint.core.common import Common
from chargepoint.core.messages import ACCEPTED, Outcome, Reply, SetNetworkProfile
from chargepoint.core.network_profile import NetworkProfile
from chargepoint.core.security_profile import SecurityProfile
from chargepoint.core.values import dataclass

COMM, PRIORITY = "OCPPCommCtrlr", "NetworkConfigurationPriority"
CONFIGURED = 1  # the slot of [csms]
SPEAKS = frozenset({"1.6", "2.0.1"})


@dataclass(frozen=True, slots=True)
class Way:
    """A profile in its slot."""

    slot: int
    profile: NetworkProfile


@dataclass(frozen=True, slots=True)
class Remembered:
    """What must outlive a restart: [csms] as it was, and the last way that led to a
    central system, with the profile as it was then: None before the first."""

    configured: NetworkProfile
    proven: Way | None = None


class Network:
    """The ways to a central system: which one is tried now, and which comes next.

    A round after a start goes through the priority list. Every later one begins with the
    way that has led to a central system last (B10.FR.07) and goes on with the others
    (B10.FR.08), for ever (B10.FR.09). *round* counts from 0 since the last connection.
    """

    def __init__(
        self,
        common: Common,
        slots: Mapping[str, NetworkProfile],
        remembered: Mapping[str, Remembered],
        security: SecurityProfile,
    ) -> None:
        config = common.config
        self._common = common
        self._security = security
        self._configured = NetworkProfile(config.central_url, config.security_profile)
        self._slots = {int(slot): profile for slot, profile in slots.items()}
        self._remembered = remembered.get("last", Remembered(self._configured))
        if self._remembered.configured != self._configured:
            self._obey_installer()
        common.variables.rules[COMM, PRIORITY] = self._judge_order
        self._listed: tuple[Way, ...] | None = None
        self._ways: tuple[Way, ...] = ()
        self._position = self._failures = 0
        self._talked: Way | None = None
        self._listens = False
        self.round = 0

    # --- for those who dial --------------------------------------------------------------------

    @property
    def way(self) -> Way:
        """Return what is dialled next, or is connected now."""
        if self._listed is None:  # not before the installer's seeds are sown
            known = ((slot, self._profile(slot)) for slot in self.order)
            self._listed = tuple(Way(slot, profile) for slot, profile in known if profile)
            self._ways = self._listed or (self._way_back(),)
        return self._ways[self._position]

    @property
    def migrates(self) -> bool:
        """Return whether another way is tried than the one that has led to a central system."""
        return self.way != self._way_back()

    @property
    def level(self) -> int:
        """Return the security profile to dial with: never one that was left behind."""
        own = self.way.profile.security_profile
        return own if own >= self._security.floor else self._security.current

    @property
    def attempt(self) -> int:
        """Return which attempt with this profile is the next, from 1."""
        return self._failures + 1

    @property
    def attempts(self) -> int:
        """Return how many attempts each profile gets: B10.FR.03."""
        return self._common.variables.integer(COMM, "NetworkProfileConnectionAttempts")

    @property
    def order(self) -> tuple[int, ...]:
        """Return the slots in the order in which the next start will try them."""
        return tuple(int(slot) for slot in self._order())

    def failed(self) -> None:
        """An attempt with this way has failed."""
        before = self.way
        self._failures += 1
        if self._failures < self.attempts:
            return
        self._failures = 0
        self._position += 1
        if self._position == len(self._ways):
            self.round += 1
            self._turn_back()
        if self.way != before:
            text = f"network profile {before.slot} does not connect: trying {self.way.slot}"
            self._common.turn.note(text, level="warning")

    def connected(self) -> bool:
        """A connection stands; return whether it is another central system than before."""
        timeout_s = self.way.profile.message_timeout_s
        own = None if timeout_s is None else str(timeout_s)
        self._common.variables.override(COMM, "MessageTimeout", own, "Default")
        switched = self._talked not in (None, self.way)
        self._talked, self._listens = self.way, False
        return switched

    def proven(self) -> None:
        """The central system has answered: this way leads somewhere. What is less secure than
        it goes: A05.FR.06."""
        way, level = self.way, self.level
        self._listens = True
        self._security.connected(level)
        self._drop_below(level, way.slot)
        self._remember(replace(self._remembered, proven=way))
        self._failures = self.round = 0

    def lost(self, wished: bool) -> None:
        """The connection is gone: the same central system is called first. One that had
        nothing to say to us counts as a failed attempt, unless we hung up."""
        if self._listens:
            self._turn_back()
        elif not wished:
            self.failed()
        self._listens = False

    # --- what the central system asks -----------------------------------------------------------

    def set(self, command: SetNetworkProfile) -> Reply:
        """Fill a slot: ACCEPTED, REJECTED, or FAILED when the disk does not take it."""
        if str(command.slot) not in self._common.variables.allowed(COMM, PRIORITY):  # B09.FR.05
            return Reply(Outcome.REJECTED, "InvalidConfSlot", f"there is no slot {command.slot}")
        refusal = self._downgrades(command.profile) or _refusal(command)
        if refusal is not None:
            return refusal
        if self._common.store_trouble:  # B09.FR.03
            return Reply(Outcome.FAILED, "OutOfStorage", self._common.store_trouble)
        self._slots[command.slot] = command.profile
        self._common.turn.keep("network_profile", str(command.slot), command.profile)
        self._common.turn.note(f"network profile {command.slot}: {command.profile.url}")
        return ACCEPTED

    def _judge_order(self, value: str) -> Reply:
        """Judge a new NetworkConfigurationPriority: B10.FR.01, .02, A05.FR.02 to .04, .10.

        It counts from the next start on.
        """
        for slot in value.split(","):
            profile = self._profile(int(slot))
            if profile is None:
                return Reply(Outcome.REJECTED, "InvalidConfSlot", f"slot {slot} is not set")
            refusal = self._downgrades(profile)
            if refusal is None and profile.security_profile > self._security.current:
                refusal = self._security.lacks(profile.security_profile)
            if refusal is not None:
                return refusal
        if value == ",".join(self._order()):
            return ACCEPTED
        return Reply(Outcome.REBOOT_REQUIRED)

    def _downgrades(self, profile: NetworkProfile) -> Reply | None:
        """B09.FR.04, .31, A05.FR.09, .10: from profile 3 to 2 where the installer allows it,
        never lower."""
        if profile.security_profile >= self._security.floor:
            return None
        text = f"security profile {self._security.current} is in force"
        return Reply(Outcome.REJECTED, "NoSecurityDowngrade", text)

    # --- the pieces ------------------------------------------------------------------------------

    def _order(self) -> tuple[str, ...]:
        return self._common.variables.members(COMM, PRIORITY)

    def _profile(self, slot: int) -> NetworkProfile | None:
        """Return what is in a slot, None for nothing."""
        return self._slots.get(slot, self._configured if slot == CONFIGURED else None)

    def _way_back(self) -> Way:
        """Return the way that has led to a central system last, else the configured one."""
        return self._remembered.proven or Way(CONFIGURED, self._configured)

    def _turn_back(self) -> None:
        """Begin a round with the way back."""
        back, listed = self._way_back(), self._listed or ()
        others = (way for way in listed if way.slot != back.slot)
        self._ways = (back, *others)
        self._position = self._failures = 0

    def _drop_below(self, level: int, active: int) -> None:
        """Forget what is less secure than *level*, but the profile in use: A05.FR.06."""
        lower = {
            slot
            for slot in {*self._slots, CONFIGURED} - {active}
            if (profile := self._profile(slot)) and profile.security_profile < level
        }
        for slot in lower & self._slots.keys():
            del self._slots[slot]
            self._common.turn.forget("network_profile", str(slot))
        self._listed = tuple(way for way in self._listed or () if way.slot not in lower)
        left = tuple(slot for slot in self._order() if int(slot) not in lower)
        self._set_order(left or (str(active),))

    def _set_order(self, slots: Iterable[str]) -> None:
        self._common.variables.put(COMM, PRIORITY, ",".join(slots))

    def _obey_installer(self) -> None:
        """[csms] is another one than it was: it is tried first, and what was learned of the
        old one is forgotten."""
        if self._slots.pop(CONFIGURED, None) is not None:
            self._common.turn.forget("network_profile", str(CONFIGURED))
        first = str(CONFIGURED)
        self._set_order((first, *(slot for slot in self._order() if slot != first)))
        self._remember(Remembered(self._configured))

    def _remember(self, remembered: Remembered) -> None:
        if remembered != self._remembered:
            self._remembered = remembered
            self._common.turn.keep("network", "last", remembered)


def _refusal(command: SetNetworkProfile) -> Reply | None:
    """B09.FR.02: return why the profile is of no use here, None when it is."""
    why = next(command.profile.flaws(), "")
    if command.transport != "JSON":
        why = f"{command.transport} is not spoken, only JSON"
    elif command.version not in SPEAKS:
        why = "that version of OCPP is not spoken"
    elif command.needs:
        why = f"the station cannot set up {command.needs}"
    return Reply(Outcome.REJECTED, "InvalidNetworkConf", why) if why else None
