"""What a life of the station meets: the program around it, and calls that wait for answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol
from uuid import uuid4

from chargepoint.core.messages import AskVendor, LogChore, SetClock
from chargepoint.core.station import Station
from chargepoint.core.values import dataclass
from chargepoint.core.words import Moment
from chargepoint.errors import WireError
from chargepoint.protocol.adapter import Payload
from chargepoint.updating import Updating
from chargepoint.vendors import Submit, nobody


class Incoming(Protocol):
    """A CALL of the central system that waits for its answer."""

    @property
    def action(self) -> str: ...
    @property
    def payload(self) -> Payload: ...
    def answer(self, payload: Payload) -> None: ...
    def refuse(self, error: WireError) -> None: ...


@dataclass(frozen=True, slots=True)
class Outside:
    """What a life gets from the program around it.

    *set_clock* takes the central system's time; *dial_again* drops the connection so
    that the link comes back with new credentials; *pet* calms the watchdog; *looked*
    is called whenever the snapshot may have changed; *make_updating* returns who does what
    the station asks for new firmware; *ask_vendor* lets an extension answer;
    *carry* sends logs.
    """

    now: Callable[[], Moment]
    set_clock: Callable[[SetClock], None]
    dial_again: Callable[[], None]
    pet: Callable[[], None]
    looked: Callable[[], None]
    make_updating: Callable[[Station], Updating]
    carry: Callable[[LogChore], None] = lambda _: None
    new_id: Callable[[], str] = lambda: str(uuid4())
    ask_vendor: Callable[[AskVendor, Submit], None] = nobody
