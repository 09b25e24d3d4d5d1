"""What the station says of itself, and asks, with the answers: 1.6 section 4. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from chargepoint.core.config import StationIdentity
from chargepoint.core.messages import (
    AskToken,
    AuthorizeAnswered,
    Boot,
    BootAnswered,
    EventDelivered,
    Heartbeat,
    HeartbeatAnswered,
    LimitImposed,
    LimitReleased,
    ProblemChanged,
    ProfilesReported,
    ReportPart,
    SecurityEvent,
    StatusChanged,
    StatusTold,
)
from chargepoint.core.words import Registration, Status
from chargepoint.protocol.adapter import Call, Payload
from chargepoint.protocol.fields import meaning, required
from chargepoint.protocol.timestamps import format_timestamp, parse_timestamp
from chargepoint.protocol.v16.connectors import connector_of
from chargepoint.protocol.v16.fields import id_tag, token_info
from chargepoint.protocol.v16.route import Telling

# Section 7.7. AUTHORIZED is for 1.6 already the Preparing of "a user presents a tag", and
# a session that waits for its car is suspended, whoever holds the cable (section 4.9).
STATUS_WORDS: Mapping[Status, str] = {status: status.value for status in Status} | {
    Status.AUTHORIZED: "Preparing",
    Status.AWAY: "SuspendedEV",
}
REGISTRATIONS: Mapping[str, Registration] = {
    "Accepted": Registration.ACCEPTED,
    "Pending": Registration.PENDING,
    "Rejected": Registration.REJECTED,
}
# The security extension (white paper, section 8) named before 2.0.1 gave new words.
SECURITY_EVENT_WORDS: Mapping[str, str] = {
    "CsmsFailedToAuthenticate": "CentralSystemFailedToAuthenticate",
    "FailedToAuthenticateAtCsms": "FailedToAuthenticateAtCentralSystem",
    "InvalidChargingStationCertificate": "InvalidChargePointCertificate",
    "InvalidCsmsCertificate": "InvalidCentralSystemCertificate",
}

# Reports, limits from outside and components: 2.0.1 has words for them.
UNSAID = (LimitImposed, LimitReleased, ProblemChanged, ProfilesReported, ReportPart)


def _some(**fields: str) -> Payload:
    """Return *fields* without the empty ones: an absent field is never an empty text."""
    return {name: text for name, text in fields.items() if text}


def _boot(event: Boot, identity: StationIdentity, _: int | None) -> Call:
    """BootNotification.req, section 6.3. The reason is unknown to 1.6."""
    payload: Payload = {
        "chargePointVendor": identity.vendor[:20],
        "chargePointModel": identity.model[:20],
    }
    return Call(
        "BootNotification",
        payload
        | _some(
            chargePointSerialNumber=identity.serial_number[:25],
            firmwareVersion=identity.firmware_version[:50],
        ),
    )


def _boot_answered(event: Boot, payload: Payload, _: int) -> BootAnswered:
    """BootNotification.conf, section 6.4. A negative interval says as little as 0 does."""
    return BootAnswered(
        registration=meaning(REGISTRATIONS, required(payload, "status", str), "status"),
        interval_s=max(0, required(payload, "interval", int)),
        at=parse_timestamp(required(payload, "currentTime", str)),
    )


def _heartbeat_answered(event: Heartbeat, payload: Payload, _: int) -> HeartbeatAnswered:
    """Heartbeat.conf, section 6.30."""
    return HeartbeatAnswered(parse_timestamp(required(payload, "currentTime", str)))


def _ask_token(event: AskToken, _: StationIdentity, __: int | None) -> Call:
    """Authorize.req, section 6.1."""
    return Call("Authorize", {"idTag": id_tag(event.token)})


def _token_answered(event: AskToken, payload: Payload, _: int) -> AuthorizeAnswered:
    """Authorize.conf, section 6.2."""
    return AuthorizeAnswered(event.token, token_info(required(payload, "idTagInfo", dict)))


def _status(event: StatusChanged, identity: StationIdentity, _: int | None) -> Call:
    """StatusNotification.req, section 6.47."""
    payload: Payload = {
        "connectorId": connector_of(event.evse_id),
        "errorCode": event.error,
        "status": STATUS_WORDS[event.status],
        "timestamp": format_timestamp(event.at),
    }
    return Call(
        "StatusNotification",
        payload
        | _some(
            info=event.info[:50],
            vendorErrorCode=event.vendor_error[:50],
            vendorId=identity.vendor[:255] if event.vendor_error else "",
        ),
    )


def _security_event(event: SecurityEvent, _: StationIdentity, __: int | None) -> Call | None:
    """SecurityEventNotification.req, white paper section 5.15; only critical ones (A04.FR.01)."""
    if not event.critical:
        return None
    payload: Payload = {
        "type": SECURITY_EVENT_WORDS.get(event.type, event.type)[:50],
        "timestamp": format_timestamp(event.at),
    }
    return Call("SecurityEventNotification", payload | _some(techInfo=event.tech_info[:255]))


TELLINGS: Mapping[type, Telling] = {
    AskToken: Telling(
        _ask_token, _token_answered, lambda asked: AuthorizeAnswered(asked.token, None)
    ),
    Boot: Telling(_boot, _boot_answered, lambda _: BootAnswered(None)),
    Heartbeat: Telling(lambda event, identity, _: Call("Heartbeat", {}), _heartbeat_answered),
    **dict.fromkeys(UNSAID, Telling(lambda event, identity, _: None)),
    SecurityEvent: Telling(
        _security_event, lambda event, payload, outbox_id: EventDelivered(outbox_id, event)
    ),
    StatusChanged: Telling(_status, lambda event, payload, _: StatusTold(event)),
}
