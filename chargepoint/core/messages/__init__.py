"""Everything that goes into the Station and comes out of it: the vocabulary of the core.

Commands go in and are answered by a Reply in the same turn (or Later, with a ticket).
Events come out: durable ones are ours to keep until the central system has them, live
ones are worth sending now or never. Effects are chores for the shell.
"""

from chargepoint.core.messages.certificates import *  # noqa: F403
from chargepoint.core.messages.certificates import CertificateOrder
from chargepoint.core.messages.effects import *  # noqa: F403
from chargepoint.core.messages.events import *  # noqa: F403
from chargepoint.core.messages.firmware import *  # noqa: F403
from chargepoint.core.messages.firmware import FirmwareCommand
from chargepoint.core.messages.logs import *  # noqa: F403
from chargepoint.core.messages.logs import LogOrder
from chargepoint.core.messages.news import *  # noqa: F403
from chargepoint.core.messages.news import News
from chargepoint.core.messages.orders import *  # noqa: F403
from chargepoint.core.messages.orders import Order
from chargepoint.core.messages.replies import *  # noqa: F403
from chargepoint.core.messages.reserving import *  # noqa: F403
from chargepoint.core.messages.reserving import ReservationOrder
from chargepoint.core.messages.tokens import *  # noqa: F403
from chargepoint.core.messages.tokens import TokenOrder
from chargepoint.core.messages.vendors import *  # noqa: F403
from chargepoint.core.messages.vendors import VendorOrder
from chargepoint.core.messages.wishes import *  # noqa: F403
from chargepoint.core.messages.wishes import Wish

Command = (
    Order
    | TokenOrder
    | ReservationOrder
    | CertificateOrder
    | FirmwareCommand
    | VendorOrder
    | LogOrder
    | Wish
    | News
)
