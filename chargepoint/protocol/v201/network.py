"""Block B, network connection profiles: B09. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from chargepoint.core.messages import Command, Outcome, SetNetworkProfile
from chargepoint.core.network_profile import NetworkProfile
from chargepoint.protocol.adapter import Payload
from chargepoint.protocol.v201.route import Answer, one, status

# OCPPVersionEnumType. The handshake decides which version is spoken (NetworkConnectionProfileType).
VERSIONS: Mapping[str, str] = {"OCPP16": "1.6", "OCPP20": "2.0.1"}


def _set(payload: Payload) -> Command:
    """SetNetworkProfileRequest."""
    given = payload["connectionData"]
    return SetNetworkProfile(
        slot=payload["configurationSlot"],
        profile=NetworkProfile(
            given["ocppCsmsUrl"], given["securityProfile"], given["messageTimeout"]
        ),
        version=VERSIONS.get(given["ocppVersion"], ""),
        transport=given["ocppTransport"],
        needs=_needs(given),
    )


def _needs(given: Payload) -> str:
    """Return what must be set up before anybody can dial: that is the operating system's work.

    A VPN without a server and an access point without a name ask for nothing.
    """
    if given.get("vpn", {}).get("server"):
        return "a VPN"
    return "a mobile network's access point" if given.get("apn", {}).get("apn") else ""


ROUTES: Mapping[str, Answer] = {
    "SetNetworkProfile": one(
        _set, status({Outcome.ACCEPTED: "Accepted", Outcome.FAILED: "Failed"})
    ),
}
