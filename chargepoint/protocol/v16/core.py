"""The Core profile's requests of the central system: 1.6 sections 5.2 to 5.18. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from chargepoint.core.messages import (
    ChangeAvailability,
    ChangeKey,
    ClearCache,
    Command,
    GetKeys,
    KeysReply,
    Outcome,
    RemoteStart,
    RemoteStop,
    Reply,
    Reset,
    Unlock,
)
from chargepoint.core.words import Token
from chargepoint.errors import ErrorCode, WireError
from chargepoint.protocol.adapter import Payload
from chargepoint.protocol.fields import meaning
from chargepoint.protocol.v16.connectors import STATION, evse_of
from chargepoint.protocol.v16.route import Route, status
from chargepoint.protocol.v16.smart_charging import profile

VALUE_LENGTH = 500  # CiString500Type, section 7.29

AVAILABILITY_TYPES: Mapping[str, bool] = {"Operative": True, "Inoperative": False}
RESET_TYPES: Mapping[str, bool] = {"Soft": True, "Hard": False}  # is it soft?

ACCEPTED_OR_REJECTED = status({Outcome.ACCEPTED: "Accepted"}, otherwise="Rejected")


def _change_availability(payload: Payload) -> Command:
    """ChangeAvailability.req, section 5.2: a connector is all of its EVSE."""
    operative = meaning(AVAILABILITY_TYPES, payload["type"], "type")
    return ChangeAvailability(evse_of(payload["connectorId"]), None, operative)


def _change_configuration(payload: Payload) -> Command:
    """ChangeConfiguration.req, section 5.3."""
    return ChangeKey(payload["key"], payload["value"])


def _get_configuration(payload: Payload) -> Command:
    """GetConfiguration.req, section 5.8: no keys and an empty list both mean all."""
    return GetKeys(tuple(payload.get("key", ())))


def _configuration(reply: Reply) -> Payload:
    """GetConfiguration.conf, section 6.24; CALLERROR for more keys than we answer at once."""
    if not isinstance(reply, KeysReply) or reply.outcome is not Outcome.ACCEPTED:
        raise WireError(ErrorCode.OCCURRENCE_CONSTRAINT, reply.info or "too many keys")
    answer: Payload = {
        "configurationKey": [
            {"key": key, "readonly": readonly}
            | ({} if value is None else {"value": value[:VALUE_LENGTH]})
            for key, readonly, value in reply.known
        ]
    }
    return answer | ({"unknownKey": list(reply.unknown)} if reply.unknown else {})


def _remote_start(payload: Payload) -> Command | Reply:
    """RemoteStartTransaction.req, section 5.11.

    connectorId is above 0 (section 6.33), and the profile names no transaction yet
    (section 5.16.2, errata 3.41): otherwise Rejected. Its purpose is for the station to judge.
    """
    connector_id = payload.get("connectorId")
    charging_profile = payload.get("chargingProfile")
    if connector_id == STATION:
        return Reply(Outcome.REJECTED, info="a transaction needs a connector above 0")
    if charging_profile is not None and "transactionId" in charging_profile:
        return Reply(Outcome.REJECTED, info="a profile for a start names no transaction")
    evse_id = None if connector_id is None else evse_of(connector_id)
    return RemoteStart(
        token=Token(payload["idTag"]),
        evse_id=evse_id,
        profile=None if charging_profile is None else profile(charging_profile, evse_id or STATION),
    )


def _remote_stop(payload: Payload) -> Command:
    """RemoteStopTransaction.req, section 5.12."""
    return RemoteStop(central_id=payload["transactionId"])


def _reset(payload: Payload) -> Command:
    """Reset.req, section 5.14."""
    return Reset(meaning(RESET_TYPES, payload["type"], "type"))


def _unlock(payload: Payload) -> Command:
    """UnlockConnector.req, section 5.18."""
    return Unlock(evse_of(payload["connectorId"]))


ROUTES: Mapping[str, Route] = {
    "ChangeAvailability": Route(
        _change_availability,
        status(
            {Outcome.ACCEPTED: "Accepted", Outcome.SCHEDULED: "Scheduled"}, otherwise="Rejected"
        ),
    ),
    "ChangeConfiguration": Route(
        _change_configuration,
        status(
            {
                Outcome.ACCEPTED: "Accepted",
                Outcome.REBOOT_REQUIRED: "RebootRequired",
                Outcome.UNKNOWN: "NotSupported",
                Outcome.UNSUPPORTED: "NotSupported",
            },
            otherwise="Rejected",
        ),
    ),
    "ClearCache": Route(lambda _: ClearCache(), ACCEPTED_OR_REJECTED),
    "GetConfiguration": Route(_get_configuration, _configuration),
    "RemoteStartTransaction": Route(_remote_start, ACCEPTED_OR_REJECTED),
    "RemoteStopTransaction": Route(_remote_stop, ACCEPTED_OR_REJECTED),
    "Reset": Route(
        _reset,
        status({Outcome.ACCEPTED: "Accepted", Outcome.SCHEDULED: "Accepted"}, otherwise="Rejected"),
    ),
    "UnlockConnector": Route(
        _unlock,
        status(
            {
                Outcome.UNLOCKED: "Unlocked",
                Outcome.UNSUPPORTED: "NotSupported",
                Outcome.UNKNOWN_EVSE: "NotSupported",  # errata 3.87
            },
            otherwise="UnlockFailed",
        ),
    ),
}
