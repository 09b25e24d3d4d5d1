"""One firmware update: whether it may be, what is kept of it, and what a screen shows of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from chargepoint.core.config import FirmwareConfig, Unsigned
from chargepoint.core.firmware_states import DOWNLOADED, OVER, SENTENCES
from chargepoint.core.lazy import lazily
from chargepoint.core.messages import Outcome, Reply, UpdateFirmware
from chargepoint.core.snapshot import FirmwareShown
from chargepoint.core.values import dataclass
from chargepoint.core.words import FirmwareStatus

if TYPE_CHECKING:
    from chargepoint.core import x509
else:
    x509 = lazily("chargepoint.core.x509")  # ten megabytes that most stations never need


@dataclass(frozen=True, slots=True)
class Update:
    """One update. *number* tells it from those before.

    *tries* to fetch it have failed. *sha256* is that of the judged file, "" until it has
    passed. *version* is what the station told when the installation began. *why* says more
    about a status that needs it.
    """

    number: int
    order: UpdateFirmware
    status: FirmwareStatus
    since: datetime
    tries: int = 0
    sha256: str = ""
    version: str = ""
    why: str = ""

    @property
    def over(self) -> bool:
        """Return whether nothing more will come of it."""
        return self.status in OVER

    @property
    def ready(self) -> bool:
        """Return whether the file is here and has been judged good."""
        return bool(self.sha256) and self.status in DOWNLOADED

    def due(self, now: datetime) -> bool:
        """Return whether its time to be installed has come."""
        return self.order.install_at is None or now >= self.order.install_at

    @property
    def until(self) -> datetime | None:
        """Return the time that it waits for, None when it waits for none."""
        waits_for = {
            FirmwareStatus.DOWNLOAD_SCHEDULED: self.order.retrieve_at,
            FirmwareStatus.INSTALL_SCHEDULED: self.order.install_at,
        }
        return waits_for.get(self.status)


def refusal_of(
    order: UpdateFirmware, config: FirmwareConfig, roots: Sequence[str], at: datetime
) -> Reply | None:
    """Return why *order* is not for this station; None when it may go ahead.

    *roots* are the manufacturers' certificates (PEM) that are trusted. A certificate is judged
    before the answer: L01.FR.21, .22. Where signatures are demanded, an update without one is
    UNSUPPORTED: white paper L01.FR.20.
    """
    if not config.can_install:
        return Reply(Outcome.UNSUPPORTED, "UnsupportedRequest", "no installer is configured")
    if order.signed:
        flaw = x509.flaw_of_signer(order.certificate_pem or "", roots, at)
        return Reply(Outcome.INVALID_CERTIFICATE, "InvalidCertificate", flaw) if flaw else None
    allowed = {Unsigned.ALWAYS: True, Unsigned.WITHOUT_ROOT: not roots, Unsigned.NEVER: False}
    if allowed[config.unsigned]:
        return None
    return Reply(Outcome.UNSUPPORTED, "MissingParam", "only signed firmware is installed")


def shown(update: Update) -> FirmwareShown:
    """Return what a screen shows of *update*."""
    return FirmwareShown(
        status=update.status,
        running=not update.over,
        text=SENTENCES[update.status],
        why=update.why or None,
        source=without_secrets(update.order.location),
        signed=update.order.signed,
        request_id=update.order.request_id,
        since=_time(update.since),
        until=_time(update.until) if update.until is not None else None,
    )


def without_secrets(location: str) -> str:
    """Return scheme, host and path of a location: names, passwords and tokens stay out.

    >>> without_secrets("ftp://anna:secret@host:2121/a.bin?token=x"), without_secrets("//[")
    ('ftp://host/a.bin', '')
    """
    try:
        parts = urlsplit(location)
        return f"{parts.scheme}://{parts.hostname or ''}{parts.path}"
    except ValueError:
        return ""


def _time(at: datetime) -> str:
    return at.isoformat(timespec="seconds")
