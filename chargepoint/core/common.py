"""What every functional block of one station works with."""

from __future__ import annotations

from collections.abc import Callable

from chargepoint.core.config import StationConfig
from chargepoint.core.dialect import Dialect
from chargepoint.core.evse import Evse
from chargepoint.core.turn import Turn
from chargepoint.core.values import dataclass
from chargepoint.core.variables import Variables
from chargepoint.core.words import Moment, Registration, Token


@dataclass(slots=True)
class Common:
    """The station's facts in one place. *dialect* is that of the last connection."""

    config: StationConfig
    turn: Turn
    variables: Variables
    evses: dict[int, Evse]
    dialect: Dialect
    store_trouble: str = ""
    restarting: bool = False
    registration: Callable[[], Registration] = lambda: Registration.NONE
    security_profile: Callable[[], int] = lambda: 0
    updating: Callable[[], bool] = lambda: False

    @property
    def closed(self) -> str:
        """Return why no session may begin now, "" when one may.

        A central system that has answered and not accepted us forbids transactions, unless
        TxBeforeAcceptedEnabled (B02.FR.03, 1.6 section 4.2.1).
        """
        if self.store_trouble:
            return self.store_trouble
        if self.restarting:
            return "the station is about to restart"
        if self.updating():
            return "new firmware is about to be installed"
        refused = self.registration() in (Registration.PENDING, Registration.REJECTED)
        if refused and not self.variables.flag("TxCtrlr", "TxBeforeAcceptedEnabled"):
            return "the central system has not accepted the station"
        return ""

    def offers(self, component: str, feature: str) -> bool:
        """Return whether a feature is there and switched on: by *component*'s Available and
        Enabled, or where the version lists features (1.6) by SupportedFeatureProfiles."""
        if self.dialect.lists_features:
            return feature in self.variables.members("Ocpp16Ctrlr", "SupportedFeatureProfiles")
        return all(self.variables.flag(component, each) for each in ("Available", "Enabled"))

    @property
    def now(self) -> Moment:
        return self.turn.now

    @property
    def online(self) -> bool:
        return self.turn.online


def masked(token: Token) -> str:
    """Return a token as logs and notes may show it: its last four characters at most, of a
    PIN nothing (C04.FR.04)."""
    if token.type == "KeyCode":
        return "…"
    return f"…{token.id[-4:]}" if len(token.id) > 4 else "…"
