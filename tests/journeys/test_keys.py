"""Every configuration key of 1.6: what it takes, and that it keeps it. Section 9, 5.3, 5.8."""

from __future__ import annotations

import pytest
from journeys.conftest import MakeRig
from journeys.rig import Rig
from journeys.words import WORDS

from chargepoint.core.variable_rows import rows
from chargepoint.demo.peer import CallFailed

pytestmark = [pytest.mark.sim, pytest.mark.requirement("1.6 5.3", "1.6 5.8")]

WHOLE = (("1", "45"), ("", "-1", "1.5", "abc", "1e3", " 7", "2147483648"))
OR_NONE = (("0", "45"), ("", "-1", "1.5", "abc", "2147483648"))
SWITCH = (("true", "False"), ("", "1", "yes"))
MEASURANDS = (
    (
        "",
        "Voltage.L1,Current.Import",
        "Energy.Active.Import.Register, Power.Active.Import",
    ),
    (
        "SoC",
        "Voltage.L9",
        "Nonsense",
        "Voltage,Nonsense",
        "Voltage,,SoC",
        "Voltage,Voltage",
        "voltage",
    ),
)

# What may be changed: good values, and bad ones.
CHANGEABLE: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "AllowOfflineTxForUnknownId": SWITCH,
    "AuthorizationCacheEnabled": SWITCH,
    "AuthorizeRemoteTxRequests": SWITCH,
    "ClockAlignedDataInterval": OR_NONE,
    "ConnectionTimeOut": WHOLE,
    "ConnectorPhaseRotation": (
        ("0.RST,1.RST,2.STR", "1.NotApplicable", "2.Unknown"),
        ("RST", "3.RST", "1.XYZ", "1.RST,1.STR", "1.RST,3.RST", ""),
    ),
    "CpoName": (("Our power", ""), ("x" * 65,)),
    "HeartbeatInterval": WHOLE,
    "LocalAuthListEnabled": SWITCH,
    "LocalAuthorizeOffline": SWITCH,
    "LocalPreAuthorize": SWITCH,
    "MaxEnergyOnInvalidId": OR_NONE,
    "MessageTimeout": WHOLE,
    "MeterValueSampleInterval": OR_NONE,
    "MeterValuesAlignedData": MEASURANDS,
    "MeterValuesSampledData": MEASURANDS,
    "MinimumStatusDuration": OR_NONE,
    "ResetRetries": OR_NONE,
    "StopTransactionOnEVSideDisconnect": SWITCH,
    "StopTransactionOnInvalidId": SWITCH,
    "StopTxnAlignedData": MEASURANDS,
    "StopTxnSampledData": MEASURANDS,
    "TransactionMessageAttempts": WHOLE,
    "TransactionMessageRetryInterval": OR_NONE,
    "UnlockConnectorOnEVSideDisconnect": SWITCH,
    "WebSocketPingInterval": OR_NONE,
}
# What they begin with where the standard leaves it to us, or says it.
DEFAULTS = {
    "AdditionalRootCertificateCheck": "false",
    "AllowOfflineTxForUnknownId": "false",
    "AuthorizationCacheEnabled": "true",
    "AuthorizeRemoteTxRequests": "false",
    "ChargeProfileMaxStackLevel": "10",
    "ChargingScheduleAllowedChargingRateUnit": "Current,Power",
    "ClockAlignedDataInterval": "0",
    "ConnectionTimeOut": "60",
    "ConnectorPhaseRotation": "0.Unknown,1.Unknown,2.Unknown",
    "ConnectorPhaseRotationMaxLength": "3",
    "HeartbeatInterval": "300",  # as the central system said
    "LocalAuthorizeOffline": "true",
    "LocalPreAuthorize": "false",
    "MeterValueSampleInterval": "60",
    "MeterValuesSampledData": "Energy.Active.Import.Register",
    "NumberOfConnectors": "2",
    "SecurityProfile": "0",
    "StopTxnSampledData": "",
    "SupportedFileTransferProtocols": "FTP,FTPS,HTTP,HTTPS",
    "UnlockConnectorOnEVSideDisconnect": "true",
}
OF_THEIR_OWN = {"AuthorizationKey", "SecurityProfile"}  # security extension A01, A05


@pytest.fixture
def version() -> str:
    return "1.6"


async def change(rig: Rig, key: str, value: str) -> str:
    return str((await rig.ask(("ChangeConfiguration", {"key": key, "value": value})))["status"])


async def all_keys(rig: Rig) -> dict[str, tuple[str, bool]]:
    """Return value and readonly of every key that is shown."""
    answer = await rig.ask(("GetConfiguration", {}))
    assert "unknownKey" not in answer
    return {each["key"]: (each["value"], each["readonly"]) for each in answer["configurationKey"]}


async def test_the_keys_begin_as_the_standard_wants(rig: Rig) -> None:
    keys = await all_keys(rig)

    assert {key: keys[key][0] for key in DEFAULTS} == DEFAULTS
    assert keys.keys() == {row["key16"] for row in rows() if row["key16"]} - {"AuthorizationKey"}
    writable = {key for key, (_, readonly) in keys.items() if not readonly}
    assert writable == CHANGEABLE.keys() | {"SecurityProfile"}


async def test_good_values_are_taken_at_once_and_bad_ones_change_nothing(rig: Rig) -> None:
    for key, (good, bad) in CHANGEABLE.items():
        for value in good:
            assert await change(rig, key, value) == "Accepted", (key, value)
            before = (await all_keys(rig))[key][0]
            assert before.replace(" ", "") == _shown(value), (key, value)
            for wrong in bad:
                assert await change(rig, key, wrong) == "Rejected", (key, wrong)
            assert (await all_keys(rig))[key][0] == before
        assert await change(rig, key.upper(), good[0]) == "Accepted"


async def test_changed_values_survive_a_power_cut_and_a_reset(rig: Rig) -> None:
    for key, (good, _) in CHANGEABLE.items():
        assert await change(rig, key, good[-1]) == "Accepted"
    changed = await all_keys(rig)

    await rig.cut()
    await rig.switch_on()
    await rig.find_line()

    after = await all_keys(rig)
    heartbeat = {"HeartbeatInterval": ("300", False)}  # with the next acceptance
    assert after == changed | heartbeat


async def test_what_is_read_only_stays(rig: Rig) -> None:
    before = await all_keys(rig)

    for key, (value, readonly) in before.items():
        if readonly:
            assert await change(rig, key, value) == "Rejected", key
    assert await all_keys(rig) == before


async def test_unknown_keys_and_secrets_are_not_shown(rig: Rig) -> None:
    assert await change(rig, "BlinkRepeat", "1") == "NotSupported"
    assert await change(rig, "NoSuchKey", "1") == "NotSupported"
    asked = ["heartbeatinterval", "NoSuchKey", "AuthorizationKey", "blinkrepeat"]

    answer = await rig.ask(("GetConfiguration", {"key": asked}))

    heartbeat, secret = answer["configurationKey"]
    assert heartbeat == {"key": "HeartbeatInterval", "value": "300", "readonly": False}
    assert (secret["key"], "value" in secret) == ("AuthorizationKey", False)
    assert answer["unknownKey"] == ["NoSuchKey", "blinkrepeat"]


OFF: dict[str, tuple[tuple[str, dict[str, object]], object]] = {
    "Reservation": (
        (
            "ReserveNow",
            {
                "connectorId": 1,
                "reservationId": 1,
                "idTag": "ANNA",
                "expiryDate": "2026-03-02T00:00:00Z",
            },
        ),
        {"status": "Rejected"},
    ),
    "LocalAuthListManagement": (("GetLocalListVersion", {}), {"listVersion": -1}),
    "RemoteTrigger": (
        ("TriggerMessage", {"requestedMessage": "Heartbeat"}),
        {"status": "NotImplemented"},
    ),
    "SmartCharging": (WORDS["1.6"].profile(10.0), "NotSupported"),
    "FirmwareManagement": (
        ("UpdateFirmware", {"location": "http://x/", "retrieveDate": "2026-03-01T00:00:00Z"}),
        "NotSupported",
    ),
}


@pytest.mark.requirement("1.6 9.1.29")
@pytest.mark.parametrize("profile", OFF)
async def test_a_feature_profile_can_be_left_out(make_rig: MakeRig, profile: str) -> None:
    left = ",".join(["Core", *(each for each in OFF if each != profile)])
    rig = make_rig(f'ocpp16={{"SupportedFeatureProfiles": "{left}"}}')
    await rig.switch_on()
    await rig.find_line()
    ask, expected = OFF[profile]

    try:
        answer: object = await rig.ask(ask)
    except CallFailed as failed:
        answer = failed.code

    assert answer == expected
    assert (await all_keys(rig))["SupportedFeatureProfiles"] == (left, True)
    await rig.switch_off()
    rig.check()


def _shown(value: str) -> str:
    return value.lower() if value in ("False", "True") else value.replace(" ", "")
