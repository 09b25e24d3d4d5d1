"""What moves sessions: plugs, grants, stops and time. One place for each transition."""

from __future__ import annotations

from collections.abc import Callable

from chargepoint.core.common import Common, masked
from chargepoint.core.evse import Evse, Grant, SessionRecord
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
        self.on_plugged: Callable[[Evse], None] = lambda _: None

    # --- the cable -------------------------------------------------------------------------

    def sensed(self, evse: Evse, sensed: Sensed) -> None:
        """Take what the board senses now and move the session where the plug moved."""
        was_connected, was_in = evse.connected, evse.cable_in
        was_closed = evse.sensed is not None and evse.sensed.main_closed
        evse.sensed = sensed
        if sensed.main_closed != was_closed:
            told = "closed" if sensed.main_closed else "opened"
            self._common.turn.note(f"contactor {told}", evse.id)
        if evse.connected and not was_connected:
            self._plugged(evse)
        elif was_connected and not evse.connected:
            self._unplugged(evse)
        elif was_in and not evse.cable_in:
            self._move(evse, Input.UNPLUG, Trigger.EV_COMMUNICATION_LOST)
        if not evse.cable_in:
            evse.keep_locked = None
            evse.ev_side_lost = False

    def _plugged(self, evse: Evse) -> None:
        evse.ev_side_lost = False
        self._common.turn.note("car plugged in", evse.id)
        self._claim(evse)
        self._move(evse, Input.PLUG, Trigger.CABLE_PLUGGED_IN)
        if evse.state is State.ACTIVE:
            self._on_disk(evse)
        self.on_plugged(evse)

    def _claim(self, evse: Evse) -> None:
        """Bring a grant here that waits at another EVSE of the same reader."""
        if not evse.free:
            return
        for other in self._common.evses.values():
            grant = other.grant
            waits = other.state is State.AUTHORIZED and other.transaction is None
            if waits and grant is not None and evse.id in grant.candidates:
                other.enter(Input.EXPIRE, self._common.now.s)
                evse.enter(Input.AUTHORIZE, self._common.now.s)
                evse.grant = grant
                return

    def _unplugged(self, evse: Evse) -> None:
        """The car is gone: with its cable, or only at its own end (E09, E10, 1.6 E3.20)."""
        now, turn = self._common.now, self._common.turn
        lost = evse.cable_in
        evse.ev_side_lost = lost and evse.state in (State.ACTIVE, State.STOPPED)
        turn.note("cable unplugged at the car" if lost else "car unplugged", evse.id)
        waits = not self._common.variables.flag("TxCtrlr", "StopTxOnEVSideDisconnect")
        fixed = not evse.config.connector_lock
        if evse.state is State.ACTIVE and waits and (lost or fixed):
            self._move(evse, Input.DETACH, Trigger.EV_COMMUNICATION_LOST)
        elif evse.state is State.ACTIVE and lost:
            if self._common.variables.flag("OCPPCommCtrlr", "UnlockOnEVSideDisconnect"):
                evse.unlock_until_s = now.s + UNLOCK_S
            else:
                evse.keep_locked = evse.grant.token if evse.grant is not None else None
            self.stop(evse, Trigger.EV_COMMUNICATION_LOST, StopReason.EV_DISCONNECTED)
        elif lost:
            self._account(evse, Trigger.EV_COMMUNICATION_LOST)
        else:
            self._move(evse, Input.UNPLUG, Trigger.EV_COMMUNICATION_LOST)

    # --- people ----------------------------------------------------------------------------

    def grant(self, evse: Evse, grant: Grant, source: str) -> None:
        """Let *grant*'s token charge here: at once with a car, else when one comes."""
        turn = self._common.turn
        evse.enter(Input.AUTHORIZE, self._common.now.s)
        evse.grant = grant
        turn.note(f"token {masked(grant.token)} accepted ({source})", evse.id)
        if evse.state is State.ACTIVE:
            self._on_disk(evse)
        self._account(evse, Trigger.AUTHORIZED)

    def stop(
        self,
        evse: Evse,
        trigger: Trigger,
        reason: StopReason | None = None,
        stop_token: Token | None = None,
    ) -> None:
        """End the authorization; the transaction ends where its stop points say so."""
        evse.enter(Input.STOP, self._common.now.s)
        self._common.turn.forget("session", str(evse.id))
        transactions, now = self._transactions, self._common.now
        transactions.account(
            evse, trigger, self._common.dialect, now, stop_token=stop_token, reason=reason
        )

    def end(self, evse: Evse, trigger: Trigger, reason: StopReason) -> None:
        """End authorization and transaction, whatever the stop points say."""
        evse.enter(Input.STOP, self._common.now.s)
        self._common.turn.forget("session", str(evse.id))
        self._transactions.end(evse, trigger, self._common.now, reason=reason)

    def invalidate(self, evse: Evse, info: TokenInfo) -> None:
        """The central system does not accept the running token: C15, E05, 1.6 errata 3.17."""
        variables, transaction = self._common.variables, evse.transaction
        if transaction is None or evse.ending is not None or transaction.invalid:
            return
        note = f"the central system says {info.status} of the running token"
        self._common.turn.note(note, evse.id, "warning")
        if variables.flag("TxCtrlr", "StopTxOnInvalidId"):
            evse.keep_locked = transaction.token
            points = self._transactions.points(self._common.dialect)
            if "EnergyTransfer" in points.stop:  # E05.FR.10
                self.end(evse, Trigger.DEAUTHORIZED, StopReason.DE_AUTHORIZED)
            else:
                self.stop(evse, Trigger.DEAUTHORIZED, StopReason.DE_AUTHORIZED)
            return
        cap_wh = evse.register_wh + variables.integer("TxCtrlr", "MaxEnergyOnInvalidId")
        changed = evse.update_transaction(invalid=True, energy_cap_wh=cap_wh)
        self._common.turn.keep("transaction", changed.id, changed)

    def withheld(self, evse: Evse) -> Limit | None:
        """Return the limit of 0 A for whatever forbids energy here now, else None."""
        transaction = evse.transaction
        if evse.fault is not None:
            return Limit(0.0, f"fault: {evse.fault.code}")
        if evse.state is not State.ACTIVE:
            return Limit(0.0, _WHY_NOT[evse.state])
        if transaction is not None and transaction.invalid:
            cap_wh = transaction.energy_cap_wh
            if cap_wh is not None and evse.register_wh >= cap_wh:
                return Limit(0.0, "token not accepted by the central system")
        return None

    # --- time ------------------------------------------------------------------------------

    def tick(self, evse: Evse) -> None:
        """Let waiting end when its time is over, and endings end."""
        now, timeout_s = self._common.now, self._timeout_s()
        if self._transactions.finish(evse, now):
            evse.points_met = frozenset()
        if timeout_s <= 0 or now.s - evse.since_s < timeout_s:
            return
        if evse.state is State.AUTHORIZED:
            self._nobody_came(evse)
        elif evse.state is State.PLUGGED:
            evse.enter(Input.EXPIRE, now.s)
            self._common.turn.note(f"no token within {timeout_s} s", evse.id)
        elif evse.state is State.DETACHED and not evse.config.connector_lock:  # E10.FR.02
            self.stop(evse, Trigger.EV_CONNECT_TIMEOUT, StopReason.TIMEOUT)

    def _nobody_came(self, evse: Evse) -> None:
        """E03.FR.05, .15, F02.FR.07, .08; 1.6 ConnectionTimeOut."""
        evse.enter(Input.EXPIRE, self._common.now.s)
        self._common.turn.note(f"no car within {self._timeout_s()} s", evse.id)
        points = self._transactions.points(self._common.dialect)
        if "ParkingBayOccupancy" in points.stop:
            self._account(evse, Trigger.EV_CONNECT_TIMEOUT)
        else:
            now = self._common.now
            self._transactions.end(evse, Trigger.EV_CONNECT_TIMEOUT, now, reason=StopReason.TIMEOUT)

    def _timeout_s(self) -> int:
        return self._common.variables.integer("TxCtrlr", "EVConnectionTimeOut")

    # --- the pieces ------------------------------------------------------------------------

    def _move(self, evse: Evse, what: Input, trigger: Trigger) -> None:
        was_authorized = evse.authorized
        evse.enter(what, self._common.now.s)
        if was_authorized and not evse.authorized:
            self._common.turn.forget("session", str(evse.id))
        self._account(evse, trigger)

    def _account(self, evse: Evse, trigger: Trigger) -> None:
        self._transactions.account(evse, trigger, self._common.dialect, self._common.now)

    def _on_disk(self, evse: Evse) -> None:
        """Put the session on disk; the contactor may close once that batch is there."""
        assert evse.grant is not None
        turn = self._common.turn
        turn.keep("session", str(evse.id), SessionRecord(evse.grant.token, turn.now.utc))
        evse.granted_in = turn.number


_WHY_NOT = {
    State.IDLE: "no car",
    State.PLUGGED: "not authorized",
    State.AUTHORIZED: "no car",
    State.STOPPED: "session over",
    State.DETACHED: "unplugged at the car",
}
