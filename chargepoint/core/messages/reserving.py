"""Commands: places that the central system keeps for somebody."""

from __future__ import annotations

from datetime import datetime

from chargepoint.core.values import dataclass
from chargepoint.core.words import Token


@dataclass(frozen=True, slots=True)
class ReserveNow:
    """Keep EVSE *evse_id*, or any one (of *connector_type*), for a token or its group.

    ACCEPTED, OCCUPIED, FAULTED, UNAVAILABLE, or REJECTED with a reason.
    """

    id: int
    token: Token
    expires_at: datetime
    evse_id: int | None = None
    connector_type: str | None = None
    group: Token | None = None


@dataclass(frozen=True, slots=True)
class CancelReservation:
    """ACCEPTED, or REJECTED when there is none of that id."""

    id: int


ReservationOrder = ReserveNow | CancelReservation
