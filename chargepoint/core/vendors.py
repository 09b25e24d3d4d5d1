"""Vendors' own messages, in both directions: 1.6 sections 4.3 and 5.6, 2.0.1 P01 and P02.

What they mean is nobody's business here: an extension answers, people read what comes back.
"""

from __future__ import annotations

from chargepoint.core.common import Common
from chargepoint.core.messages import (
    ACCEPTED,
    AskVendor,
    Later,
    Outcome,
    Reply,
    SendVendorData,
    VendorAnswered,
    VendorCall,
    VendorData,
    VendorDataAnswered,
    VendorReply,
)


class Vendors:
    """Carries messages between the central system and the extensions."""

    def __init__(self, common: Common) -> None:
        self._common = common

    def asked(self, command: VendorCall) -> Later:
        """Let the extension answer in its own time."""
        ticket = self._common.turn.ticket()
        self._common.turn.do(AskVendor(ticket, command.vendor_id, command.message_id, command.data))
        return Later(ticket)

    def answered(self, command: VendorAnswered) -> None:
        """Pass on what the extension said."""
        self._common.turn.answer(command.ticket, VendorReply(command.outcome, data=command.data))

    def send(self, command: SendVendorData) -> Reply:
        """Tell the central system, while it listens."""
        if not self._common.online:
            return Reply(Outcome.CONFLICT, info="the central system is not there to hear it")
        self._common.turn.tell(VendorData(command.vendor_id, command.message_id, command.data))
        return ACCEPTED

    def told(self, command: VendorDataAnswered) -> None:
        """Show people what came back."""
        event = command.event
        said = command.status or "no answer"
        data = "" if command.data is None else f", {command.data!s:.200}"
        self._common.turn.note(f"{event.vendor_id} {event.message_id}: {said}{data}")
