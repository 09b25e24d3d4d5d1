"""SetNetworkProfile on the wire: B09."""

from __future__ import annotations

from typing import Any

import pytest

from chargepoint.core.messages import ACCEPTED, Outcome, Reply, SetNetworkProfile
from chargepoint.core.network_profile import NetworkProfile

DATA = {
    "ocppVersion": "OCPP20",
    "ocppTransport": "JSON",
    "ocppCsmsUrl": "wss://new.example/ocpp",
    "messageTimeout": 30,
    "securityProfile": 2,
    "ocppInterface": "Wired0",
}
VPN = {"server": "", "user": "u", "password": "p", "key": "k", "type": "IPSec"}
APN = {"apn": "", "apnAuthentication": "AUTO"}
REJECTED = Reply(Outcome.REJECTED, "InvalidConfSlot", "there is no slot 9")


@pytest.mark.requirement("B09.FR.01", "B09.FR.02", "B09.FR.03")
@pytest.mark.parametrize(
    ("reply", "answer"),
    [
        (ACCEPTED, {"status": "Accepted"}),
        (Reply(Outcome.FAILED, "OutOfStorage"), {"status": "Failed"}),
        (REJECTED, {"status": "Rejected"}),
    ],
)
def test_a_profile_is_handed_over_and_answered(
    adapter: Any, station: Any, conforms: Any, reply: Reply, answer: dict[str, str]
) -> None:
    request = {"configurationSlot": 2, "connectionData": DATA}
    fake = station(reply)

    said = adapter.answer("SetNetworkProfile", request, fake.handle)

    conforms("SetNetworkProfileRequest", request)
    conforms("SetNetworkProfileResponse", said)
    assert fake.commands == [
        SetNetworkProfile(2, NetworkProfile("wss://new.example/ocpp", 2, 30), "2.0.1", "JSON")
    ]
    assert said["status"] == answer["status"]
    assert said.get("statusInfo", {}).get("reasonCode", "") == reply.reason


@pytest.mark.requirement("B09.FR.02")
@pytest.mark.parametrize(
    ("more", "needs"),
    [
        ({"vpn": VPN | {"server": "vpn.example"}}, "a VPN"),
        ({"vpn": VPN}, ""),
        ({"apn": APN | {"apn": "internet"}}, "a mobile network's access point"),
        ({"apn": APN}, ""),
    ],
)
def test_what_would_have_to_be_set_up_is_named(
    adapter: Any, station: Any, conforms: Any, more: dict[str, Any], needs: str
) -> None:
    request = {"configurationSlot": 2, "connectionData": DATA | more}
    fake = station(ACCEPTED)
    adapter.answer("SetNetworkProfile", request, fake.handle)

    conforms("SetNetworkProfileRequest", request)
    assert fake.commands[0].needs == needs


@pytest.mark.parametrize(
    ("word", "version"), [("OCPP20", "2.0.1"), ("OCPP16", "1.6"), ("OCPP15", ""), ("OCPP12", "")]
)
def test_versions_that_nobody_speaks_have_no_name(
    adapter: Any, station: Any, word: str, version: str
) -> None:
    fake = station(ACCEPTED)
    data = DATA | {"ocppVersion": word, "ocppTransport": "SOAP"}
    adapter.answer(
        "SetNetworkProfile", {"configurationSlot": 1, "connectionData": data}, fake.handle
    )

    assert (fake.commands[0].version, fake.commands[0].transport) == (version, "SOAP")
