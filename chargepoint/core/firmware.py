"""New firmware: fetched, judged, installed when nobody charges, and told at every step.

The last update is kept on disk with every step it takes; what shall be done for a step is
asked for in the same turn, and again after a power cut. So a cut at any instant leads on from
the step before it. ``firmware_states`` is the table of the steps.

1.6 sections 4.5 and 5.19 with errata 3.12, 3.47 to 3.49, 3.63; its security extension and
2.0.1: L01, L02. Requirements that both have are named by 2.0.1's numbers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from chargepoint.core.common import Common
from chargepoint.core.firmware_states import (
    INSTALLING,
    SENTENCES,
    TRANSITIONS,
    Move,
)
from chargepoint.core.firmware_update import Update, refusal_of
from chargepoint.core.messages import (
    ACCEPTED,
    CheckFirmware,
    DropFirmware,
    FetchFirmware,
    FirmwareAsked,
    FirmwareChecked,
    FirmwareFetched,
    FirmwareInstalled,
    FirmwareNotFetched,
    FirmwareNotInstalled,
    FirmwareProgress,
    IdleNotice,
    InstallFirmware,
    Outcome,
    Reply,
    Restart,
    SecurityEvent,
    TriggerMessage,
    UpdateFirmware,
)
from chargepoint.core.trust import Trust
from chargepoint.core.words import BootReason, CertificateUse
from chargepoint.core.words import FirmwareStatus as S

OWN_RETRIES = 3  # where the central system leaves it to us
OWN_INTERVAL_S = 10.0
SIGNED_MESSAGE = "SignedFirmwareStatusNotification"

SECURITY_EVENTS: dict[S, str] = {
    S.INVALID_SIGNATURE: "InvalidFirmwareSignature",  # L01.FR.03
    S.INSTALLED: "FirmwareUpdated",  # L01.FR.31
}


class Firmware:
    """The last update, running or over. *trust* knows who may vouch for one."""

    def __init__(self, common: Common, kept: Mapping[str, Update], trust: Trust) -> None:
        self._common = common
        self._update = kept.get("update")
        self._trust = trust
        self._retry_at_s = 0.0
        if self._update is not None and not self._update.over:
            self._go_on(self._update)

    @property
    def last(self) -> Update | None:
        """Return the last update, running or over."""
        return self._update

    # --- what the central system asks ---------------------------------------------------------

    def update(self, order: UpdateFirmware) -> Reply:
        """Begin an update, in place of one that has not been installed yet: L01.FR.21 to .27."""
        refusal = self._refusal(order)
        if refusal is not None:
            self._common.turn.note(f"firmware update refused: {refusal.info}", level="warning")
            return refusal
        before = self._running()
        if before is not None:
            self._cancel(before)
        number = self._update.number + 1 if self._update is not None else 1
        now = self._common.now.utc
        scheduled = Update(number, order, S.DOWNLOAD_SCHEDULED, now)
        if order.retrieve_at > now:
            self._enter(scheduled, S.DOWNLOAD_SCHEDULED)  # L01.FR.13
        else:
            self._fetch(scheduled)
        return ACCEPTED if before is None else Reply(Outcome.ACCEPTED_CANCELED)

    def trigger(self, command: TriggerMessage) -> Reply:
        """Tell the last status again, Idle after success: L01.FR.25, .26. The plain message
        of 1.6 says Idle whenever nothing is being done (section 4.5)."""
        update, message = self._update, command.message
        plain = self._common.dialect.has_plain_updates and message != SIGNED_MESSAGE
        idle = update is None or (update.over if plain else update.status is S.INSTALLED)
        if update is None or idle:
            self._common.turn.tell_anyway(IdleNotice(message))
        else:
            asked = FirmwareAsked(message, update.status, update.order.request_id)
            self._common.turn.tell_anyway(asked)
        return ACCEPTED

    def refuses_reset(self) -> Reply | None:
        """Return why the station cannot be reset now: B11.FR.06."""
        if self._is_installing():
            return Reply(Outcome.REJECTED, "FwUpdateInProgress", "firmware is being installed")
        return None

    # --- what the shell reports ---------------------------------------------------------------

    def fetched(self, news: FirmwareFetched) -> None:
        """Have the file judged: L01.FR.04."""
        update = self._waits_for(news.number, S.DOWNLOADING)
        if update is not None:
            self._check(self._move(update, Move.FETCHED))

    def not_fetched(self, news: FirmwareNotFetched) -> None:
        """Wait for a line, try again later, or give up: L01.FR.14, .30."""
        update = self._waits_for(news.number, S.DOWNLOADING, S.DOWNLOADED)
        if update is None:
            return
        if update.status is S.DOWNLOADED:  # the file has gone
            update = self._move(update, Move.FETCH)
        if news.again and not self._common.online:
            self._move(update, Move.PAUSE, news.why)
            return
        order, failed = update.order, replace(update, tries=update.tries + 1)
        own_retries = OWN_RETRIES if news.again else 0
        if failed.tries > (own_retries if order.retries is None else order.retries):
            self._move(failed, Move.GIVE_UP, news.why)
            return
        wait_s = OWN_INTERVAL_S if order.retry_interval_s is None else order.retry_interval_s
        self._retry_at_s = self._common.now.s + wait_s
        self._keep(failed)
        why = f"{news.why}; trying again in {wait_s:.0f} s"
        self._common.turn.note(f"{SENTENCES[S.DOWNLOAD_FAILED]}: {why}", level="warning")

    def checked(self, news: FirmwareChecked) -> None:
        """The file is what its maker signed, or it never gets further: L01.FR.03, .12."""
        update = self._waits_for(news.number, S.DOWNLOADED)
        if update is None:
            return
        if not news.genuine:
            self._move(update, Move.DISPROVE)
            return
        judged = replace(update, sha256=news.sha256)
        if update.order.signed:
            self._move(judged, Move.PROVE)
        else:
            self._keep(judged)

    def installed(self, news: FirmwareInstalled) -> None:
        """Start again with it: L01.FR.32 (a)."""
        update = self._waits_for(news.number, S.INSTALLING)
        if update is None:
            return
        self._move(update, Move.RESTART)
        self._common.restarting = True
        self._common.turn.do(Restart(BootReason.FIRMWARE_UPDATE))

    def not_installed(self, news: FirmwareNotInstalled) -> None:
        """The old firmware goes on: L01.FR.29."""
        update = self._waits_for(news.number, S.INSTALLING)
        if update is not None:
            self._move(update, Move.FAIL if news.sound else Move.DISTRUST, news.why)
            self._common.turn.forget("boot", "reason")

    # --- time ---------------------------------------------------------------------------------

    def tick(self) -> None:
        """Do what has become due."""
        update, now = self._running(), self._common.now
        if update is None:
            return
        begins = {
            S.DOWNLOAD_SCHEDULED: now.utc >= update.order.retrieve_at,
            S.DOWNLOAD_PAUSED: self._common.online,
        }
        if begins.get(update.status):
            self._fetch(update)
        elif update.status is S.DOWNLOADING and 0.0 < self._retry_at_s <= now.s:
            self._ask_for(update)
        elif update.ready:
            self._install_when_idle(update)

    @property
    def keeps_out(self) -> bool:
        """Return whether no session may begin, because firmware is installed or waits only
        for the last transaction to end: L01.FR.07."""
        update = self._running()
        if update is None or not update.ready:
            return self._is_installing()
        allowed = self._common.variables.flag(
            "ChargingStation", "AllowNewSessionsPendingFirmwareUpdate"
        )
        return update.due(self._common.now.utc) and not allowed

    # --- the pieces ---------------------------------------------------------------------------

    def _refusal(self, order: UpdateFirmware) -> Reply | None:
        common = self._common
        if common.dialect.lists_features and not common.offers("", "FirmwareManagement"):
            return Reply(Outcome.UNSUPPORTED, "NotEnabled", "firmware updates are switched off")
        roots = self._trust.pems(CertificateUse.MANUFACTURER_ROOT)
        refusal = refusal_of(order, common.config.firmware, roots, common.now.utc)
        if refusal is not None and refusal.outcome is Outcome.INVALID_CERTIFICATE:
            self._tell_security("InvalidFirmwareSigningCertificate", refusal.info)  # L01.FR.02
        if refusal is None and self._is_installing() and not self._can_cancel():  # L01.FR.27
            return Reply(Outcome.REJECTED, "FwUpdateInProgress", "firmware is being installed")
        return refusal

    def _cancel(self, update: Update) -> None:
        """Nothing more is told of *update*: the answer says it (L01.FR.24)."""
        self._common.turn.note("another firmware update takes its place", level="warning")
        self._common.turn.do(DropFirmware())
        if update.status is S.INSTALLING:
            self._common.turn.forget("boot", "reason")

    def _can_cancel(self) -> bool:
        update = self._update
        can_cancel = self._common.config.firmware.can_cancel
        return can_cancel and update is not None and update.status is S.INSTALLING

    def _go_on(self, update: Update) -> None:
        """The process before this one has left *update* unfinished."""
        version = self._common.config.identity.firmware_version
        changed = version != update.version
        must_change = self._common.config.firmware.must_change
        if update.status is S.DOWNLOADING:
            self._ask_for(update)
        elif update.status is S.DOWNLOADED and not update.sha256:
            self._check(update)
        elif changed and update.status in INSTALLING:
            self._move(update, Move.FINISH)
        elif update.status is S.INSTALLING:
            self._move(update, Move.FAIL, "it was interrupted")
        elif update.status is S.INSTALL_REBOOTING and must_change:
            self._move(update, Move.FAIL, f"the version is still {version}")
        elif update.status is S.INSTALL_REBOOTING:
            self._move(update, Move.FINISH)

    def _fetch(self, update: Update) -> None:
        self._ask_for(self._move(update, Move.FETCH))

    def _ask_for(self, update: Update) -> None:
        self._retry_at_s = 0.0
        self._common.turn.do(FetchFirmware(update.number, update.order.location))

    def _check(self, update: Update) -> None:
        order = update.order
        check = CheckFirmware(update.number, order.certificate_pem, order.signature or "")
        self._common.turn.do(check)

    def _install_when_idle(self, update: Update) -> None:
        """Install it at its time, not before the last transaction has ended: L01.FR.05, .06,
        .16, .34. A reset that waits goes first."""
        busy = any(evse.busy for evse in self._common.evses.values())
        if busy or self._common.restarting or not update.due(self._common.now.utc):
            if update.status is not S.INSTALL_SCHEDULED:
                self._move(update, Move.WAIT)
            return
        version = self._common.config.identity.firmware_version
        self._move(replace(update, version=version), Move.BEGIN)
        self._common.turn.keep("boot", "reason", BootReason.FIRMWARE_UPDATE)
        self._common.turn.do(InstallFirmware(update.number, update.sha256))

    def _is_installing(self) -> bool:
        return self._update is not None and self._update.status in INSTALLING

    def _running(self) -> Update | None:
        return self._update if self._update is not None and not self._update.over else None

    def _waits_for(self, number: int, *statuses: S) -> Update | None:
        """Return the update that news with *number* are for; None for what came too late."""
        update = self._update
        fits = update is not None and update.number == number and update.status in statuses
        return update if fits else None

    def _move(self, update: Update, move: Move, why: str = "") -> Update:
        return self._enter(update, TRANSITIONS[update.status][move], why)

    def _enter(self, update: Update, status: S, why: str = "") -> Update:
        """Keep and tell a new status: L01.FR.01, .10."""
        turn, order = self._common.turn, update.order
        entered = replace(update, status=status, since=self._common.now.utc, why=why)
        self._keep(entered)
        turn.tell(FirmwareProgress(status, order.request_id, order.signed))
        if status in SECURITY_EVENTS:
            self._tell_security(SECURITY_EVENTS[status], why)
        if entered.over:
            turn.do(DropFirmware())
        failed = entered.over and status is not S.INSTALLED
        sentence = f"{SENTENCES[status]}: {why}" if why else SENTENCES[status]
        turn.note(sentence, level="warning" if failed else "info")
        return entered

    def _keep(self, update: Update) -> None:
        self._update = update
        self._common.turn.keep("firmware", "update", update)

    def _tell_security(self, event: str, why: str) -> None:
        self._common.turn.tell(SecurityEvent(event, self._common.now.utc, why))
