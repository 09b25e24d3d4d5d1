"""Every other message that a central system sends, answered to one that we did not write.

It checks question, answer and what follows against its own copy of the schemas.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

Payload = dict[str, Any]
Row = tuple[str, Payload, Payload]

CONFIG = """
[agent]
data_dir = "{data_dir}"

[api]
bind = "127.0.0.1:{api_port}"

[csms]
url = "ws://127.0.0.1:{central_port}/ocpp"
ocpp_versions = ["{version}"]
"""

LATER = "2099-01-01T00:00:00Z"
ACCEPTED = {"status": "Accepted"}
ANNA = {"idToken": "ANNA", "type": "ISO14443"}
INTERVAL = {
    "component": {"name": "SampledDataCtrlr"},
    "variable": {"name": "TxUpdatedInterval"},
}

# What is asked, and what of the answer must be so.
ROWS: dict[str, tuple[Row, ...]] = {
    "1.6": (
        ("GetConfiguration", {"key": ["NumberOfConnectors"]}, {}),
        ("GetConfiguration", {}, {}),
        ("ChangeConfiguration", {"key": "HeartbeatInterval", "value": "600"}, ACCEPTED),
        (
            "SendLocalList",
            {
                "listVersion": 3,
                "updateType": "Full",
                "localAuthorizationList": [{"idTag": "ANNA", "idTagInfo": ACCEPTED}],
            },
            ACCEPTED,
        ),
        ("GetLocalListVersion", {}, {"listVersion": 3}),
        (
            "ReserveNow",
            {"connectorId": 1, "expiryDate": LATER, "idTag": "ANNA", "reservationId": 5},
            ACCEPTED,
        ),
        ("CancelReservation", {"reservationId": 5}, ACCEPTED),
        ("CancelReservation", {"reservationId": 5}, {"status": "Rejected"}),
        ("ClearCache", {}, ACCEPTED),
        ("ClearChargingProfile", {"id": 99}, {"status": "Unknown"}),
        ("ChangeAvailability", {"connectorId": 1, "type": "Inoperative"}, ACCEPTED),
        ("ChangeAvailability", {"connectorId": 1, "type": "Operative"}, ACCEPTED),
        ("UnlockConnector", {"connectorId": 1}, {"status": "Unlocked"}),
        ("DataTransfer", {"vendorId": "org.example"}, {"status": "UnknownVendorId"}),
        ("GetDiagnostics", {"location": "http://127.0.0.1:9/"}, {}),
        ("TriggerMessage", {"requestedMessage": "FirmwareStatusNotification"}, ACCEPTED),
        ("TriggerMessage", {"requestedMessage": "MeterValues"}, ACCEPTED),
        ("Reset", {"type": "Soft"}, ACCEPTED),
    ),
    "2.0.1": (
        ("GetBaseReport", {"requestId": 1, "reportBase": "FullInventory"}, ACCEPTED),
        ("GetVariables", {"getVariableData": [INTERVAL]}, {}),
        ("SetVariables", {"setVariableData": [{**INTERVAL, "attributeValue": "30"}]}, {}),
        (
            "SendLocalList",
            {
                "versionNumber": 3,
                "updateType": "Full",
                "localAuthorizationList": [{"idToken": ANNA, "idTokenInfo": ACCEPTED}],
            },
            ACCEPTED,
        ),
        ("GetLocalListVersion", {}, {"versionNumber": 3}),
        ("ReserveNow", {"id": 5, "expiryDateTime": LATER, "idToken": ANNA, "evseId": 1}, ACCEPTED),
        ("CancelReservation", {"reservationId": 5}, ACCEPTED),
        ("CancelReservation", {"reservationId": 5}, {"status": "Rejected"}),
        ("ClearCache", {}, ACCEPTED),
        ("ClearChargingProfile", {"chargingProfileId": 99}, {"status": "Unknown"}),
        (
            "GetChargingProfiles",
            {"requestId": 2, "chargingProfile": {"stackLevel": 7}},
            {"status": "NoProfiles"},
        ),
        ("GetInstalledCertificateIds", {}, {"status": "NotFound"}),
        ("GetTransactionStatus", {}, {"messagesInQueue": False}),
        ("ChangeAvailability", {"operationalStatus": "Inoperative", "evse": {"id": 1}}, ACCEPTED),
        ("ChangeAvailability", {"operationalStatus": "Operative", "evse": {"id": 1}}, ACCEPTED),
        ("UnlockConnector", {"evseId": 1, "connectorId": 1}, {"status": "Unlocked"}),
        ("DataTransfer", {"vendorId": "org.example"}, {"status": "UnknownVendorId"}),
        (
            "GetLog",
            {
                "logType": "SecurityLog",
                "requestId": 3,
                "log": {"remoteLocation": "http://127.0.0.1:9/"},
            },
            {},
        ),
        ("TriggerMessage", {"requestedMessage": "MeterValues"}, ACCEPTED),
        ("Reset", {"type": "OnIdle"}, ACCEPTED),
    ),
}


@pytest.mark.parametrize("version", ROWS)
async def test_every_message_is_answered_as_an_independent_reading_wants_it(
    version: str,
    central: Any,
    start_agent: Callable[[str, int, Path], Awaitable[Any]],
    free_port: int,
    tmp_path: Path,
) -> None:
    central_port = (await central.news_of("listening"))["port"]
    data_dir = tmp_path / "data"
    config = CONFIG.format(
        data_dir=data_dir, api_port=free_port, central_port=central_port, version=version
    )
    agent = await start_agent(config, free_port, tmp_path)
    await agent.until(lambda shown: shown["ocpp"]["registration"] == "Accepted")

    for action, payload, expected in ROWS[version]:
        mark = len(central.news)
        answer = await central.call(action, payload)
        assert answer.items() >= expected.items(), (action, payload, answer)

    await central.told("BootNotification", since=mark)  # after the Reset
    assert await agent.stop() == 0
    assert [news["why"] for news in central.news if news["news"] == "complaint"] == []
