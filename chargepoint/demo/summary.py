"""What is left of the demonstration: the central system's books beside the simulated meter."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from chargepoint.demo.ledger import TRANSACTION_MESSAGES
from chargepoint.demo.peer import Peer

TOLERANCE_WH = 7.0
"""Per transaction: its last reading may be two seconds old, at 11 kW; 1.6 tells whole Wh."""


@dataclass(frozen=True, slots=True)
class Summary:
    """*metered_wh* is the simulated register, *booked_wh* what the central system knows of it."""

    booked_wh: float
    metered_wh: float
    transactions: int
    running: int
    messages: int
    about_transactions: int
    lost: int
    duplicates: int
    in_order: bool
    errors: tuple[str, ...]

    def lines(self) -> Iterator[str]:
        """Yield it, a line a fact."""
        booked, metered = self.booked_wh / 1000, self.metered_wh / 1000
        yield f"energy      {booked:.3f} kWh booked, {metered:.3f} kWh metered"
        yield f"messages    {self.messages} sent, {self.about_transactions} about transactions"
        running = f", {self.running} still running" if self.running else ""
        yield f"booked      {self.transactions} transaction(s){running}"
        order = "in order" if self.in_order else "OUT OF ORDER"
        yield f"lost {self.lost}, duplicates {self.duplicates}, {order}"
        yield from (f"error       {error}" for error in self.errors)

    @property
    def flawless(self) -> bool:
        """Return whether nothing is missing, double, out of order, wrong or against the rules."""
        kept = not (self.lost or self.duplicates or self.errors) and self.in_order
        return kept and (self.running > 0 or self._agrees)

    @property
    def _agrees(self) -> bool:
        return abs(self.booked_wh - self.metered_wh) <= TOLERANCE_WH * max(1, self.transactions)


def summary(peer: Peer, metered_wh: float) -> Summary:
    """Return what *peer* sent in all, and what the books make of it."""
    ledger = peer.ledger
    pages = ledger.transactions.values()
    return Summary(
        booked_wh=ledger.energy_wh,
        metered_wh=metered_wh,
        transactions=len(pages),
        running=sum(not page.ended for page in pages),
        messages=len(peer.calls),
        about_transactions=sum(call.action in TRANSACTION_MESSAGES for call in peer.calls),
        lost=ledger.lost,
        duplicates=ledger.duplicates,
        in_order=all(page.in_order for page in pages),
        errors=tuple(peer.errors),
    )
