"""The core's vocabulary: values that commands, events and state are made of.

The two OCPP versions meet here. Where 2.0.1 has a word for a thing, the value is that
word; what a version lacks, its adapter translates.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from chargepoint.core.values import dataclass


@dataclass(frozen=True, slots=True)
class Moment:
    """Now, on two clocks.

    *utc* is aware and follows the central system's clock, so it may step; *s* is
    monotonic seconds and never does. Dates come from the one, durations from the other.
    """

    utc: datetime
    s: float

    def after(self, seconds: float) -> Moment:
        """Return the moment *seconds* later on both clocks."""
        return Moment(self.utc + timedelta(seconds=seconds), self.s + seconds)

    def at(self, s: float) -> datetime:
        """Return the date of the monotonic time *s*, in whole seconds, rounded up.

        The two clocks differ by microseconds from moment to moment; the date does not.
        """
        date = self.utc + timedelta(seconds=s - self.s + 0.97)
        return date.replace(microsecond=0)


@dataclass(frozen=True, slots=True)
class Token:
    """What identifies a driver (1.6: idTag). *type* is a 2.0.1 IdTokenEnumType."""

    id: str
    type: str = "ISO14443"

    @property
    def key(self) -> str:
        """Return the text that all spellings of this token share."""
        return f"{self.type}/{self.id.casefold()}"

    def same_as(self, other: Token) -> bool:
        """Return whether both name the same driver: C01.FR.25, 1.6 CiString20."""
        return self.key == other.key


NO_AUTHORIZATION = Token("", "NoAuthorization")


class TokenStatus(StrEnum):
    """AuthorizationStatusEnumType of 2.0.1; 1.6 knows the first five."""

    ACCEPTED = "Accepted"
    BLOCKED = "Blocked"
    CONCURRENT_TX = "ConcurrentTx"
    EXPIRED = "Expired"
    INVALID = "Invalid"
    NO_CREDIT = "NoCredit"
    NOT_ALLOWED_TYPE_EVSE = "NotAllowedTypeEVSE"
    NOT_AT_THIS_LOCATION = "NotAtThisLocation"
    NOT_AT_THIS_TIME = "NotAtThisTime"
    UNKNOWN = "Unknown"


@dataclass(frozen=True, slots=True)
class TokenInfo:
    """What somebody who should know says of a token (1.6: idTagInfo)."""

    status: TokenStatus
    group: Token | None = None
    expires_at: datetime | None = None
    evse_ids: tuple[int, ...] = ()
    charging_priority: int | None = None
    personal_message: str = ""


class Status(StrEnum):
    """What a connector is, in 1.6's nine words and two more.

    AUTHORIZED (a token is accepted, the cable is not in yet) is Preparing for 1.6 and
    Available for 2.0.1, which folds the five words of a plugged-in cable into Occupied.
    So is AWAY (the session waits for its car, which has left a fixed cable): SuspendedEV
    for 1.6 and Available for 2.0.1.
    """

    AVAILABLE = "Available"
    AUTHORIZED = "Authorized"
    AWAY = "Away"
    PREPARING = "Preparing"
    CHARGING = "Charging"
    SUSPENDED_EV = "SuspendedEV"
    SUSPENDED_EVSE = "SuspendedEVSE"
    FINISHING = "Finishing"
    RESERVED = "Reserved"
    UNAVAILABLE = "Unavailable"
    FAULTED = "Faulted"


class ChargingState(StrEnum):
    """ChargingStateEnumType of 2.0.1."""

    CHARGING = "Charging"
    EV_CONNECTED = "EVConnected"
    SUSPENDED_EV = "SuspendedEV"
    SUSPENDED_EVSE = "SuspendedEVSE"
    IDLE = "Idle"


class Trigger(StrEnum):
    """Why a transaction event is told: TriggerReasonEnumType of 2.0.1."""

    ABNORMAL_CONDITION = "AbnormalCondition"
    AUTHORIZED = "Authorized"
    CABLE_PLUGGED_IN = "CablePluggedIn"
    CHARGING_RATE_CHANGED = "ChargingRateChanged"
    CHARGING_STATE_CHANGED = "ChargingStateChanged"
    DEAUTHORIZED = "Deauthorized"
    ENERGY_LIMIT_REACHED = "EnergyLimitReached"
    EV_COMMUNICATION_LOST = "EVCommunicationLost"
    EV_CONNECT_TIMEOUT = "EVConnectTimeout"
    EV_DEPARTED = "EVDeparted"
    EV_DETECTED = "EVDetected"
    METER_VALUE_CLOCK = "MeterValueClock"
    METER_VALUE_PERIODIC = "MeterValuePeriodic"
    REMOTE_START = "RemoteStart"
    REMOTE_STOP = "RemoteStop"
    RESET_COMMAND = "ResetCommand"
    SIGNED_DATA_RECEIVED = "SignedDataReceived"
    STOP_AUTHORIZED = "StopAuthorized"
    TIME_LIMIT_REACHED = "TimeLimitReached"
    TRIGGER = "Trigger"
    UNLOCK_COMMAND = "UnlockCommand"


class StopReason(StrEnum):
    """Why a transaction ended: the reasons of both versions, 2.0.1's word where both have one.

    SOFT_RESET, HARD_RESET and UNLOCK_COMMAND are 1.6's own.
    """

    DE_AUTHORIZED = "DeAuthorized"
    EMERGENCY_STOP = "EmergencyStop"
    ENERGY_LIMIT_REACHED = "EnergyLimitReached"
    EV_DISCONNECTED = "EVDisconnected"
    GROUND_FAULT = "GroundFault"
    HARD_RESET = "HardReset"
    IMMEDIATE_RESET = "ImmediateReset"
    LOCAL = "Local"
    LOCAL_OUT_OF_CREDIT = "LocalOutOfCredit"
    MASTER_PASS = "MasterPass"
    OTHER = "Other"
    OVERCURRENT_FAULT = "OvercurrentFault"
    POWER_LOSS = "PowerLoss"
    POWER_QUALITY = "PowerQuality"
    REBOOT = "Reboot"
    REMOTE = "Remote"
    SOC_LIMIT_REACHED = "SOCLimitReached"
    SOFT_RESET = "SoftReset"
    STOPPED_BY_EV = "StoppedByEV"
    TIME_LIMIT_REACHED = "TimeLimitReached"
    TIMEOUT = "Timeout"
    UNLOCK_COMMAND = "UnlockCommand"


class BootReason(StrEnum):
    """BootReasonEnumType of 2.0.1."""

    APPLICATION_RESET = "ApplicationReset"
    FIRMWARE_UPDATE = "FirmwareUpdate"
    LOCAL_RESET = "LocalReset"
    POWER_UP = "PowerUp"
    REMOTE_RESET = "RemoteReset"
    SCHEDULED_RESET = "ScheduledReset"
    TRIGGERED = "Triggered"
    UNKNOWN = "Unknown"
    WATCHDOG = "Watchdog"


class FirmwareStatus(StrEnum):
    """FirmwareStatusEnumType of 2.0.1 but for Idle, which is no status of an update."""

    DOWNLOAD_SCHEDULED = "DownloadScheduled"
    DOWNLOADING = "Downloading"
    DOWNLOAD_PAUSED = "DownloadPaused"
    DOWNLOADED = "Downloaded"
    SIGNATURE_VERIFIED = "SignatureVerified"
    INSTALL_SCHEDULED = "InstallScheduled"
    INSTALLING = "Installing"
    INSTALL_REBOOTING = "InstallRebooting"
    INSTALLED = "Installed"
    DOWNLOAD_FAILED = "DownloadFailed"
    INVALID_SIGNATURE = "InvalidSignature"
    INSTALL_VERIFICATION_FAILED = "InstallVerificationFailed"
    INSTALLATION_FAILED = "InstallationFailed"


class Registration(StrEnum):
    """RegistrationStatus of both versions; NONE is "not answered since the start"."""

    NONE = "None"
    ACCEPTED = "Accepted"
    PENDING = "Pending"
    REJECTED = "Rejected"


@dataclass(frozen=True, slots=True)
class SampledValue:
    """One measured number, in SI-like units (A, V, W, Wh, Percent, Celsius).

    *measurand*, *phase*, *location* and *context* are the words both versions share
    (``Energy.Active.Import.Register``, ``L1``, ``L1-N``, ``Outlet``, ``Sample.Periodic``).
    """

    value: float
    measurand: str
    unit: str
    context: str = "Sample.Periodic"
    phase: str | None = None
    location: str | None = None


@dataclass(frozen=True, slots=True)
class MeterSample:
    """All that was measured at one instant (MeterValue of both versions)."""

    at: datetime
    values: tuple[SampledValue, ...]


@dataclass(frozen=True, slots=True)
class VariableRef:
    """Names one variable of the device model (2.0.1 component, variable, instances, EVSE)."""

    component: str
    variable: str
    component_instance: str | None = None
    instance: str | None = None
    evse_id: int | None = None
    connector_id: int | None = None


class CertificateUse(StrEnum):
    """What a certificate is for: GetCertificateIdUseEnumType of 2.0.1, and our own."""

    CSMS_ROOT = "CSMSRootCertificate"
    MANUFACTURER_ROOT = "ManufacturerRootCertificate"
    MO_ROOT = "MORootCertificate"
    V2G_ROOT = "V2GRootCertificate"


class TransferFault(StrEnum):
    """Why a file was not fetched or sent."""

    FAILED = "failed"
    BAD_LOCATION = "bad location"
    UNSUPPORTED = "unsupported"  # the protocol by us, or what we asked for by the server
    DENIED = "denied"
    NO_ROOM = "no room"

    @property
    def hopeless(self) -> bool:
        """Return whether another attempt will fail as well."""
        return self in (TransferFault.BAD_LOCATION, TransferFault.UNSUPPORTED)


@dataclass(frozen=True, slots=True)
class CertificateHash:
    """CertificateHashDataType: names a certificate by its issuer and serial number, in hex."""

    algorithm: str
    issuer_name: str
    issuer_key: str
    serial: str

    def same_as(self, other: CertificateHash) -> bool:
        """Return whether both name the same certificate; hex has no case, nor leading zeros."""
        return self._normal() == other._normal()

    def _normal(self) -> tuple[str, ...]:
        texts = (self.algorithm, self.issuer_name, self.issuer_key, self.serial.lstrip("0"))
        return tuple(text.casefold() for text in texts)
