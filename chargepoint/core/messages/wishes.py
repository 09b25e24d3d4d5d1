"""Commands: what people and machines on the spot ask."""

from __future__ import annotations

from chargepoint.core.values import dataclass
from chargepoint.core.words import Token


@dataclass(frozen=True, slots=True)
class PresentToken:
    """A card at the reader that serves *evse_ids* (empty: all)."""

    token: Token
    evse_ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class SetMode:
    mode: str


@dataclass(frozen=True, slots=True)
class Override:
    """One more limit for one EVSE or all; None clears it, *for_s* ends it by itself."""

    limit_a: float | None
    evse_id: int | None = None
    for_s: float | None = None


@dataclass(frozen=True, slots=True)
class GridRelay:
    """The grid operator dims all EVSEs together to *limit_w* (None: as configured), or no
    longer."""

    dimmed: bool
    limit_w: float | None = None


Wish = PresentToken | SetMode | Override | GridRelay
