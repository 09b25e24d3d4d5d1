"""Card readers: what they see becomes a token that somebody presents; a lost one is told,
looked for, and harms nothing else."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Collection
from dataclasses import replace

from chargepoint.core.messages import Command, Outcome, PresentToken, Reply
from chargepoint.core.snapshot import ReaderShown
from chargepoint.core.words import Token
from chargepoint.settings.equipment import Reader as Table
from hardware.api import Fault, FaultCode, HardwareError, TokenReader
from hardware.cards import CardRules, Presence

FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.5, 4.0  # before a lost reader is looked for again
SOUND_S = 10.0  # a reader that worked for so long is looked for soon again

Submit = Callable[[Command], Reply]
Beside = Callable[[Collection[int], Fault, bool], None]

log = logging.getLogger(__name__)


class Reader:
    """One reader with its rules, and what a screen shows of it."""

    def __init__(
        self, number: int, table: Table, driver: TokenReader, monotonic: Callable[[], float]
    ) -> None:
        self._name = f"reader {number}"
        self._table = table
        self._driver = driver
        self._monotonic = monotonic
        self._rules = CardRules(
            table.writing,
            table.reverse_bytes,
            table.upper_case,
            table.key_code_digits,
            table.type or "",
        )
        served = tuple(table.evse_ids)
        self.shown = ReaderShown(table.driver, table.port, served, False, "", 0, 0)
        self._fault = Fault(FaultCode.READER_FAILURE, "ReaderLost", f"{self._name} is not there")

    @property
    def warning(self) -> str:
        """Return what somebody should look at, "" for nothing."""
        return f"{self._name}: {self.shown.why}" if self.shown.why else ""

    async def run(self, submit: Submit, beside: Beside) -> None:
        """Present to *submit* whatever is shown, for ever; tell *beside* while it is lost."""
        pause_s = FIRST_PAUSE_S
        while True:
            since_s = self._monotonic()
            try:
                await self._driver.open()
                self._found(beside)
                await self._listen(submit)
            except HardwareError as error:
                self._lost(str(error), beside)
            finally:
                await self._driver.close()
            sound = self._monotonic() - since_s >= SOUND_S
            pause_s = FIRST_PAUSE_S if sound else pause_s
            await asyncio.sleep(pause_s)
            pause_s = min(2.0 * pause_s, LONGEST_PAUSE_S)

    async def _listen(self, submit: Submit) -> None:
        presence = Presence(self._table.gone_after_s, self._monotonic())
        complaint = ""
        while True:
            seen = await self._driver.next_card()
            try:
                token, wrong = self._rules.token(seen), ""
            except ValueError as error:
                wrong = str(error)
                if wrong != complaint:  # once: it may say so as long as the card lies there
                    log.warning("%s: %s", self._name, wrong)
                continue
            finally:
                complaint = wrong
            if presence.is_shown(token, self._monotonic()):
                self._present(Token(token.id_token, token.type), submit)

    def _present(self, token: Token, submit: Submit) -> None:
        """Do what the local API does with a card; what becomes of it, the station notes."""
        self.shown = replace(self.shown, cards=self.shown.cards + 1)
        reply = submit(PresentToken(token, self.shown.evse_ids))
        if reply.outcome is not Outcome.ACCEPTED:
            log.warning("%s: a card was not taken: %s", self._name, reply.info)

    def _found(self, beside: Beside) -> None:
        log.info("%s: listening at %s", self._name, self.shown.port)
        self.shown = replace(self.shown, open=True, why="", opened=self.shown.opened + 1)
        beside(self.shown.evse_ids, self._fault, False)

    def _lost(self, why: str, beside: Beside) -> None:
        if why != self.shown.why:
            log.warning("%s: %s", self._name, why)
        self.shown = replace(self.shown, open=False, why=why)
        beside(self.shown.evse_ids, self._fault, True)
