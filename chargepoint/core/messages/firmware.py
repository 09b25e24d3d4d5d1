"""New firmware: what the central system orders, what the shell shall do and reports back."""

from __future__ import annotations

from dataclasses import field
from datetime import datetime

from chargepoint.core.values import dataclass
from chargepoint.core.words import FirmwareStatus


@dataclass(frozen=True, slots=True)
class UpdateFirmware:
    """Fetch a file from *location* at *retrieve_at*, install it at *install_at* (None: as soon
    as possible).

    *retries* are tries after the first one, *retry_interval_s* apart; None is for us to say.
    *certificate_pem* and the Base64 *signature* vouch for it; without both it is unsigned.
    ACCEPTED, ACCEPTED_CANCELED (another update gave way), INVALID_CERTIFICATE, UNSUPPORTED
    (nothing can be installed here, or nothing unsigned), REJECTED (one is being installed).
    """

    location: str = field(repr=False)  # may hold a password
    retrieve_at: datetime
    install_at: datetime | None = None
    retries: int | None = None
    retry_interval_s: float | None = None
    request_id: int | None = None
    certificate_pem: str | None = None
    signature: str | None = None

    @property
    def signed(self) -> bool:
        """Return whether somebody shall have vouched for the file: then it must be so."""
        return self.certificate_pem is not None or self.signature is not None


# --- effects: chores for the shell. *number* says for which update -----------------------------


@dataclass(frozen=True, slots=True)
class FetchFirmware:
    """Download the file, going on where an earlier try ended; report FirmwareFetched or
    FirmwareNotFetched."""

    number: int
    location: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class CheckFirmware:
    """Judge the downloaded file; report FirmwareChecked, or FirmwareNotFetched if it is gone.

    *certificate_pem* None: it is unsigned, and as good as any.
    """

    number: int
    certificate_pem: str | None
    signature: str


@dataclass(frozen=True, slots=True)
class InstallFirmware:
    """Install the file, if it is still the one with *sha256*; report FirmwareInstalled or
    FirmwareNotInstalled."""

    number: int
    sha256: str


@dataclass(frozen=True, slots=True)
class DropFirmware:
    """Stop what is under way, and delete what was downloaded."""


FirmwareEffect = FetchFirmware | CheckFirmware | InstallFirmware | DropFirmware

# --- news --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class FirmwareFetched:
    """The whole file is on disk."""

    number: int


@dataclass(frozen=True, slots=True)
class FirmwareNotFetched:
    """It did not come; *again* says whether another try may help."""

    number: int
    why: str
    again: bool


@dataclass(frozen=True, slots=True)
class FirmwareChecked:
    """What the file is; *genuine* is whether the signature is good, True where none is needed."""

    number: int
    sha256: str
    genuine: bool


@dataclass(frozen=True, slots=True)
class FirmwareInstalled:
    """The new firmware is in place and waits for the restart."""

    number: int


@dataclass(frozen=True, slots=True)
class FirmwareNotInstalled:
    """It failed; *sound* False: the file was not what it should be, and nothing was begun."""

    number: int
    why: str
    sound: bool = True


FirmwareNews = (
    FirmwareFetched
    | FirmwareNotFetched
    | FirmwareChecked
    | FirmwareInstalled
    | FirmwareNotInstalled
)
FirmwareCommand = UpdateFirmware | FirmwareNews

# --- events ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class FirmwareProgress:
    """An update has come to *status*; *signed* says which kind of update it is. Durable."""

    status: FirmwareStatus
    request_id: int | None
    signed: bool


@dataclass(frozen=True, slots=True)
class FirmwareAsked:
    """The status of the last update, asked for by a trigger; *message* names which message."""

    message: str
    status: FirmwareStatus
    request_id: int | None
