"""What moves sessions: plugs, grants, stops and time. One place for each transition."""

from __future__ import annotations

from collections.abc import Callable

from chargepoint.core.common import Common, masked
from chargepoint.core.evse import Evse, Grant, Owner, SessionRecord
from chargepoint.core.session import Input, State
from chargepoint.core.transactions import Transactions
from chargepoint.core.words import StopReason, Token, TokenInfo, Trigger
from hardware.api import Sensed
from profiles.limits import Limit

UNLOCK_S = 5.0  # how long an unlock pulse keeps the lock open before it may close again


class Sessions:
    """Moves sessions and tells their transactions what happened."""

    def __init__(self, common: Common, transactions: Transactions) -> None:
        self._common = common
        self._transactions = transactions
        self.on_plugging: Callable[[Evse], None] = lambda _: None
        self.on_plugged: Callable[[Evse], None] = lambda _: None
        transactions.on_ending = self._leave

    # --- the cable -------------------------------------------------------------------------

    def sensed(self, evse: Evse, sensed: Sensed) -> None:
        """Take what the board senses now and move the session where the plug moved."""
        was_connected, was_in = evse.connected, evse.cable_in
        was_closed, was_taken = evse.energized, evse.bay_taken
        evse.was_connected, evse.sensed = was_connected, sensed
        if sensed.main_closed != was_closed:
            evse.opened_at_s = None if sensed.main_closed else sensed.at_s
            told = "closed" if sensed.main_closed else "opened"
            self._common.turn.note(f"contactor {told}", evse.id)
        if evse.bay_taken and not was_taken:
            self._account(evse, Trigger.EV_DETECTED)
        if evse.connected and not was_connected:
            self._plugged(evse)
        elif was_connected and not evse.connected:
            self._unplugged(evse)
        elif was_in and not evse.cable_in:
            self._move(evse, Input.UNPLUG, Trigger.EV_COMMUNICATION_LOST)
        if was_taken and not evse.bay_taken:
            self._account(evse, Trigger.EV_DEPARTED)
        if not evse.cable_in:
            evse.keep_locked = None
            evse.ev_side_lost = False

    def _plugged(self, evse: Evse) -> None:
        evse.ev_side_lost = False
        self._common.turn.note("car plugged in", evse.id)
        self.on_plugging(evse)
        evse.enter(Input.PLUG, self._common.now.s)
        if evse.state is State.ACTIVE:
            self._on_disk(evse)
        self._account(evse, Trigger.CABLE_PLUGGED_IN)
        self.on_plugged(evse)

    def _unplugged(self, evse: Evse) -> None:
        """The car is gone: with its cable, or only at its own end (E09, E10, 1.6 E3.20)."""
        evse.forget_car()
        lost = evse.cable_in
        evse.ev_side_lost = lost and evse.state in (State.ACTIVE, State.STOPPED)
        said = "cable unplugged at the car" if lost else "car unplugged"
        self._common.turn.note(said, evse.id)
        fixed = not evse.config.connector_lock
        if evse.state is State.ACTIVE and (lost or fixed) and self._waits_for_car():
            self._move(evse, Input.DETACH, Trigger.EV_COMMUNICATION_LOST)
        elif evse.state is State.ACTIVE and lost:
            self._lost(evse)
        elif evse.state is State.STOPPED and lost:  # until its cable is taken out, too
            self._account(evse, Trigger.EV_COMMUNICATION_LOST)
        else:
            evse.enter(Input.UNPLUG, self._common.now.s)
            self._common.turn.forget("session", str(evse.id))
            self._account(evse, Trigger.EV_COMMUNICATION_LOST)

    def _waits_for_car(self) -> bool:
        """Return whether a session outlives the loss of its car: E10. It cannot where the
        transaction ends with the connection."""
        if self._common.variables.flag("TxCtrlr", "StopTxOnEVSideDisconnect"):
            return False
        points = self._transactions.points(self._common.dialect)
        return not points.stop & {"EVConnected", "PowerPathClosed", "EnergyTransfer"}

    def _lost(self, evse: Evse) -> None:
        """End the session; the cable goes free at once, or when its owner comes: E09.FR.02,
        .03; where E10 is chosen its lock has priority (E10.FR.01, 1.6 section 4.10)."""
        flag = self._common.variables.flag
        unlocks = flag("OCPPCommCtrlr", "UnlockOnEVSideDisconnect")
        if unlocks and flag("TxCtrlr", "StopTxOnEVSideDisconnect"):
            evse.unlock_until_s = self._common.now.s + UNLOCK_S
        else:
            self._keep_locked(evse, may_resume=True)
        self.stop(evse, Trigger.EV_COMMUNICATION_LOST, StopReason.EV_DISCONNECTED)

    def afresh(self, evse: Evse) -> None:
        """Forget who was here, as after a start; a car that is there counts as just plugged in."""
        evse.enter(Input.UNPLUG, self._common.now.s)
        evse.keep_locked = None
        evse.forget_car()
        if evse.connected:
            self._plugged(evse)

    # --- people ----------------------------------------------------------------------------

    def grant(self, evse: Evse, grant: Grant, source: str) -> None:
        """Let *grant*'s token charge here: at once with a car, else when one comes."""
        now_s = self._common.now.s
        if evse.state is State.STOPPED and not evse.connected:
            evse.enter(Input.UNPLUG, now_s)  # the old cable hangs in the socket, the car is new
        evse.enter(Input.AUTHORIZE, now_s)
        evse.grant, evse.keep_locked = grant, None
        self._common.turn.note(f"token {masked(grant.token)} accepted ({source})", evse.id)
        if evse.transaction is not None:  # told again after an earlier end: E09.FR.01
            evse.update_transaction(token_told=False, stop_reason=None, energy_cap_wh=None)
        if evse.state is State.ACTIVE:
            self._on_disk(evse)
        self._account(evse, Trigger.AUTHORIZED)

    def move(self, other: Evse, evse: Evse) -> None:
        """Take a grant, and its transaction, along to the EVSE where its car came."""
        grant, now = other.grant, self._common.now
        other.enter(Input.EXPIRE, now.s)
        evse.enter(Input.AUTHORIZE, now.s)
        evse.grant, evse.keep_locked = grant, None
        self._transactions.move(other, evse, now)

    def stop(
        self,
        evse: Evse,
        trigger: Trigger,
        reason: StopReason | None = None,
        stop_token: Token | None = None,
    ) -> None:
        """End the authorization; the transaction ends where its stop points say so."""
        self._leave(evse)
        transactions, now = self._transactions, self._common.now
        transactions.account(
            evse, trigger, self._common.dialect, now, stop_token=stop_token, reason=reason
        )

    def end(self, evse: Evse, trigger: Trigger, reason: StopReason) -> None:
        """End authorization and transaction, whatever the stop points say."""
        self._leave(evse)
        self._transactions.end(evse, trigger, self._common.now, reason=reason)

    def invalidate(self, evse: Evse, info: TokenInfo) -> None:
        """The central system does not accept the running token: C15, E05, 1.6 errata 3.17."""
        variables, transaction = self._common.variables, evse.transaction
        if transaction is None or transaction.deauthorized or not evse.authorized:
            return
        note = f"the central system says {info.status} of the running token"
        self._common.turn.note(note, evse.id, "warning")
        if variables.flag("TxCtrlr", "StopTxOnInvalidId"):
            self._keep_locked(evse, may_resume=False)
            points = self._transactions.points(self._common.dialect)
            if "EnergyTransfer" in points.stop:  # E05.FR.10
                self.end(evse, Trigger.DEAUTHORIZED, StopReason.DE_AUTHORIZED)
            else:
                self.stop(evse, Trigger.DEAUTHORIZED, StopReason.DE_AUTHORIZED)
            return
        cap_wh = evse.register_wh + variables.integer("TxCtrlr", "MaxEnergyOnInvalidId")
        changed = evse.update_transaction(energy_cap_wh=cap_wh)
        self._common.turn.keep("transaction", changed.id, changed)

    def withheld(self, evse: Evse) -> Limit | None:
        """Return the limit of 0 A for whatever forbids energy here now, else None."""
        transaction = evse.transaction
        if evse.fault is not None:
            return Limit(0.0, f"fault: {evse.fault.code}")
        if evse.pilot_lost and evse.sensed is not None:
            return Limit(0.0, f"pilot in state {evse.sensed.pilot}")
        if evse.state is not State.ACTIVE:
            return _WITHHELD[evse.state]
        cap_wh = transaction.energy_cap_wh if transaction is not None else None
        if cap_wh is not None and evse.register_wh >= cap_wh:
            return Limit(0.0, "token not accepted by the central system")
        return None

    # --- time ------------------------------------------------------------------------------

    def tick(self, evse: Evse) -> None:
        """Let waiting end when its time is over."""
        now, timeout_s = self._common.now, self._timeout_s()
        if now.s - evse.since_s < timeout_s:
            return
        if evse.state is State.AUTHORIZED:  # C01.FR.26, E03.FR.05, F02.FR.07; 1.6 section 4.9
            self._common.turn.note(f"no car within {timeout_s} s", evse.id)
            evse.enter(Input.EXPIRE, now.s)
            self._account(evse, Trigger.EV_CONNECT_TIMEOUT)
        elif evse.state is State.PLUGGED:  # 1.6 errata 3.20
            self._common.turn.note(f"no token within {timeout_s} s", evse.id)
            evse.enter(Input.EXPIRE, now.s)
        elif evse.state is State.DETACHED and not evse.config.connector_lock:  # E10.FR.02
            self._common.turn.note(f"the car was not back within {timeout_s} s", evse.id)
            self.stop(evse, Trigger.EV_CONNECT_TIMEOUT, StopReason.TIMEOUT)

    def _timeout_s(self) -> int:
        return self._common.variables.integer("TxCtrlr", "EVConnectionTimeOut")

    # --- the pieces ------------------------------------------------------------------------

    def _move(self, evse: Evse, what: Input, trigger: Trigger) -> None:
        """Move the session; where that changes nothing there is nothing to tell."""
        if evse.enter(what, self._common.now.s):
            if not evse.authorized:
                self._common.turn.forget("session", str(evse.id))
            self._account(evse, trigger)

    def _leave(self, evse: Evse) -> None:
        """End the authorization. Without a cable there is nothing left to be fetched."""
        if evse.authorized:
            self._common.turn.forget("session", str(evse.id))
        evse.enter(Input.STOP, self._common.now.s)
        if evse.state is State.STOPPED and not evse.cable_in:
            evse.enter(Input.UNPLUG, self._common.now.s)

    def _keep_locked(self, evse: Evse, may_resume: bool) -> None:
        assert evse.grant is not None
        evse.keep_locked = Owner(evse.grant.token, evse.grant.group, may_resume)

    def _account(self, evse: Evse, trigger: Trigger) -> None:
        self._transactions.account(evse, trigger, self._common.dialect, self._common.now)

    def _on_disk(self, evse: Evse) -> None:
        """Put the session on disk; the contactor may close once that batch is there."""
        assert evse.grant is not None
        turn = self._common.turn
        turn.keep("session", str(evse.id), SessionRecord(evse.grant.token, turn.now.utc))
        evse.granted_in = turn.number


_WITHHELD = {
    State.IDLE: Limit(0.0, "no car"),
    State.PLUGGED: Limit(0.0, "not authorized"),
    State.AUTHORIZED: Limit(0.0, "no car"),
    State.STOPPED: Limit(0.0, "session over"),
    State.DETACHED: Limit(0.0, "unplugged at the car"),
}
