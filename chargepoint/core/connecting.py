"""What a connection to the central system, its loss and its acceptance mean to the other blocks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chargepoint.core.dialect import Dialect
from chargepoint.core.messages import BootAnswered
from chargepoint.core.words import Moment

if TYPE_CHECKING:
    from chargepoint.core.blocks import Blocks


class Connecting:
    """Tells the blocks that the line, or the registration, has changed.

    *spoken* is the version that was spoken last, before a restart too: what is still queued
    was written in it.
    """

    def __init__(self, blocks: Blocks, spoken: str | None) -> None:
        self._blocks = blocks
        self._spoken = spoken

    def up(self, dialect: Dialect) -> None:
        """A connection stands: speak its version from now on."""
        blocks, turn = self._blocks, self._blocks.turn
        variables = blocks.common.variables
        blocks.common.dialect = dialect
        variables.speak(dialect.name)
        away_s = blocks.registrar.offline_s(turn.now)
        threshold_s = variables.integer("OCPPCommCtrlr", "OfflineThreshold")
        if dialect.offline_threshold_tells_all and away_s > threshold_s:
            blocks.telling.forget()  # B04.FR.01
        blocks.trust.proven()
        blocks.reporting.link_up()
        blocks.registrar.link_up(dialect, turn.now, anew=blocks.network.connected())
        if blocks.registrar.online:
            blocks.network.proven()
        if self._spoken != dialect.name:
            self._spoken = dialect.name
            turn.keep("dialect", "name", dialect.name)
        turn.note(f"connected to the central system, OCPP {dialect.name}")

    def down(self, wished: bool = False) -> None:
        """The connection is gone; what waited for an answer is decided without."""
        blocks, turn = self._blocks, self._blocks.turn
        if blocks.registrar.connected and wished:
            turn.note("connection to the central system closed")
        elif blocks.registrar.connected:
            turn.note("connection lost, going on without the central system", level="warning")
        blocks.registrar.link_down(turn.now)
        blocks.network.lost(wished)
        blocks.telling.link_lost()
        blocks.access.link_lost()

    def boot_answered(self, answer: BootAnswered) -> None:
        """After an acceptance every status is told anew (1.6 section 4.2, B01.FR.05)."""
        blocks, now = self._blocks, self._blocks.turn.now
        if answer.registration is not None and blocks.registrar.connected:
            blocks.network.proven()
        if blocks.registrar.answered(answer, now):
            blocks.telling.forget()
            self.tell_statuses(now)

    def tell_statuses(self, now: Moment) -> None:
        """Tell changed statuses while anybody listens, or ever will."""
        blocks, registrar = self._blocks, self._blocks.registrar
        if not (blocks.turn.has_central or registrar.connected):
            return
        if registrar.online:
            registrar.offline_since_s = None
        minimum_s = blocks.common.variables.number("Ocpp16Ctrlr", "MinimumStatusDuration")
        blocks.telling.tell_changes(blocks.evses, blocks.common.dialect, now, minimum_s)
