"""Being known to the central system: boot, its answers, heartbeats.

1.6 section 4.2, errata 3.11, 3.22; 2.0.1 B01 to B04, G02.
"""

from __future__ import annotations

from datetime import datetime

from chargepoint.core.dialect import Dialect
from chargepoint.core.messages import (
    ACCEPTED,
    Boot,
    BootAnswered,
    Heartbeat,
    Outcome,
    Reply,
    SecurityEvent,
    SetClock,
)
from chargepoint.core.turn import Turn
from chargepoint.core.variables import Variables
from chargepoint.core.words import BootReason, Moment, Registration

OWN_WAIT_S = 60.0  # where the answer gives no interval, and after no answer at all
UNANSWERED_WAIT_S = 30.0
DAY_S = 86_400.0

RESETS = frozenset(
    {
        BootReason.FIRMWARE_UPDATE,
        BootReason.LOCAL_RESET,
        BootReason.REMOTE_RESET,
        BootReason.SCHEDULED_RESET,
    }
)


class Registrar:
    """Knows whether the central system has accepted us, and when to speak up again."""

    def __init__(self, turn: Turn, variables: Variables, reason: BootReason) -> None:
        self._turn = turn
        self._variables = variables
        self.status = Registration.NONE
        self.connected = False
        self.dialect_name: str | None = None
        self.offline_since_s: float | None = turn.now.s
        self._reason = reason
        self._boot_at_s = float("-inf")
        self._boot_sent = False
        self._heartbeat_s = float("-inf")
        self._announced = False

    @property
    def online(self) -> bool:
        """Return whether the central system listens to everything."""
        return self.connected and self.status is Registration.ACCEPTED

    def link_up(self, dialect: Dialect, now: Moment, anew: bool = False) -> None:
        """A connection stands: boot, unless this version has accepted us already.

        A plain reconnect is no boot (1.6 OCPP-J section 5.4). *anew*: it is another central
        system than the last, which knows nothing of us (B10.FR.10).
        """
        self.connected = True
        if anew:
            self._boot_at_s = float("-inf")
        if anew or dialect.name != self.dialect_name:
            self.status = Registration.NONE
            self.dialect_name = dialect.name
        self._boot_sent = False
        self._turn.online = self.online
        self.tick(now)

    def link_down(self, now: Moment) -> None:
        """The connection is gone."""
        if self.offline_since_s is None:
            self.offline_since_s = now.s
        self.connected = self._turn.online = self._boot_sent = False

    def offline_s(self, now: Moment) -> float:
        """Return for how many seconds the central system has not been there."""
        return 0.0 if self.offline_since_s is None else now.s - self.offline_since_s

    def answered(self, answer: BootAnswered, now: Moment) -> bool:
        """Take the answer to BootNotification; return whether it accepted us just now.

        No answer changes nothing but when to ask again: after a while, or with the next
        connection when this one fell.
        """
        self._boot_sent = False
        unanswered = answer.registration is None
        if unanswered and not self.connected:
            return False
        self.status = answer.registration or self.status
        self._turn.online = self.online
        if answer.at is not None:
            self.set_clock(answer.at, now)
        if self.status is not Registration.ACCEPTED:
            own_s = UNANSWERED_WAIT_S if unanswered else OWN_WAIT_S
            wait_s = float(answer.interval_s) if answer.interval_s > 0 else own_s
            self._boot_at_s = now.s + wait_s
            said = "did not answer" if unanswered else f"answered {self.status}"
            self._turn.note(f"the central system {said}: next boot in {wait_s:.0f} s")
            return False
        if answer.interval_s > 0:
            self._variables.put("OCPPCommCtrlr", "HeartbeatInterval", str(answer.interval_s))
        self._heartbeat_s = now.s
        interval_s = self._variables.integer("OCPPCommCtrlr", "HeartbeatInterval")
        self._turn.note(f"boot accepted by the central system, heartbeat every {interval_s} s")
        self._announce(now)
        return True

    def trigger_boot(self) -> Reply:
        """Send BootNotification now; REJECTED when accepted already (F06.FR.17, 1.6 E3.35)."""
        if self.status is Registration.ACCEPTED:
            return Reply(Outcome.REJECTED, "TxStarted", "the boot was accepted already")
        self._send_boot(BootReason.TRIGGERED)
        return ACCEPTED

    def set_clock(self, central_time: datetime, now: Moment) -> None:
        """Follow the central system's clock; a long step is a security event.

        2.0.1 TimeAdjustmentReportingThreshold; SettingSystemTime of A04 in both versions.
        """
        step_s = (central_time - now.utc).total_seconds()
        if abs(step_s) > self._variables.integer("ClockCtrlr", "TimeAdjustmentReportingThreshold"):
            told = SecurityEvent("SettingSystemTime", central_time, f"moved by {step_s:+.0f} s")
            self._turn.tell(told)
        self._turn.do(SetClock(central_time))

    def heartbeat_now(self, now: Moment) -> None:
        """Send a Heartbeat whether it is due or not."""
        self._heartbeat_s = now.s
        self._turn.tell_anyway(Heartbeat())

    def tick(self, now: Moment) -> None:
        """Boot or beat when it is time."""
        if not self.connected:
            return
        if self.status is not Registration.ACCEPTED:
            if not self._boot_sent and now.s >= self._boot_at_s:
                self._send_boot(self._reason)
            return
        interval_s = self._variables.integer("OCPPCommCtrlr", "HeartbeatInterval")
        quiet_s = now.s - max(self._turn.last_said_s, self._heartbeat_s)
        overdue = now.s - self._heartbeat_s >= DAY_S
        if interval_s > 0 and (quiet_s >= interval_s or overdue):
            self.heartbeat_now(now)

    def _send_boot(self, reason: BootReason) -> None:
        self._boot_sent = True
        self._turn.tell_anyway(Boot(reason))

    def _announce(self, now: Moment) -> None:
        """Tell once a start that we are up again: A04, critical events."""
        if self._announced:
            return
        self._announced = True
        reset = self._reason in RESETS
        self._turn.tell(SecurityEvent("ResetOrReboot" if reset else "StartupOfTheDevice", now.utc))
