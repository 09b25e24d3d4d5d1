"""TransactionEvent with trigger ChargingRateChanged: a car gets less or more, and not because
the central system said so.

2.0.1 K11.FR.04, K13.FR.03 with errata 2.48 and 6.2.80 (only when somebody else than the
central system changes the rate); SC.02 mechanism 4 and SC.03 for the sharing among EVSEs.
"""

from __future__ import annotations

from chargepoint.core.common import Common
from chargepoint.core.evse import Evse
from chargepoint.core.outside import BUSY_S, TABLE
from chargepoint.core.smart_charging import SmartCharging
from chargepoint.core.transactions import Transactions
from chargepoint.core.values import dataclass
from chargepoint.core.words import ChargingState, Trigger
from profiles.limits import OUTSIDE, Origin
from profiles.significance import Told, is_due


@dataclass(frozen=True, slots=True)
class _Known:
    """What the central system knows of a transaction's rate, and whether we made it."""

    transaction_id: str
    rate: Told
    local: bool


class RateTelling:
    """Compares what is offered with what the central system was told, or has itself set."""

    def __init__(
        self, common: Common, smart_charging: SmartCharging, transactions: Transactions
    ) -> None:
        self._common = common
        self._smart_charging = smart_charging
        self._transactions = transactions
        self._known: dict[int, _Known] = {}

    def tick(self, evse: Evse) -> None:
        """Tell a changed rate of the running transaction, from when it charges first.

        Offline nothing is told: what counts then is how it is when the link is back. Nor is
        the moment without an offer that a change of phases takes.
        """
        common, transaction = self._common, evse.transaction
        if not self._smart_charging.tells_limits or evse.path.changes_phases(common.now.s):
            return
        if transaction is None or evse.ending is not None:
            self._known.pop(evse.id, None)
            return
        known = self._known.get(evse.id)
        amperes, local = evse.path.offer_a * evse.path.phases, self._is_local(evse)
        now = _Known(transaction.id, Told(amperes, common.now.s), local)
        if known is None or known.transaction_id != transaction.id:
            if evse.charging_state is ChargingState.CHARGING:
                self._known[evse.id] = now
        elif not (local if amperes < known.rate.value else known.local):
            self._known[evse.id] = now  # the central system has taken, or given back
        elif is_due(known.rate, amperes, self._percent(), BUSY_S, common.now.s):
            self._known[evse.id] = now
            trigger = Trigger.CHARGING_RATE_CHANGED
            self._transactions.tell_now(evse, common.now, trigger, "Other")

    def _percent(self) -> float:
        return self._common.variables.number(TABLE, "LimitChangeSignificance")

    def _is_local(self, evse: Evse) -> bool:
        """Return whether what binds comes from outside, or is a part of what EVSEs share."""
        binding = evse.binding
        if binding.origin is not Origin.CENTRAL:
            return binding.origin in OUTSIDE
        own = self._smart_charging.limits(evse)
        return all(limit.source != binding.source for limit in own)
