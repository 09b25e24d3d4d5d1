"""One device model, asked in the words of both versions."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chargepoint.core.config import EvseConfig, StationConfig, StationIdentity
from chargepoint.core.messages import (
    ChangeKey,
    GetKeys,
    GetVariable,
    KeysReply,
    Outcome,
    Reply,
    SetVariable,
)
from chargepoint.core.variables import Variables
from chargepoint.core.words import VariableRef

KEY = "000102030405060708090A0B0C0D0E0F"
PASSWORD = "a-good_Password1"


def nothing(ref: VariableRef) -> str | None:
    return None


def variables(config: StationConfig | None = None, **stored: str) -> Variables:
    return Variables(config or StationConfig(), stored, nothing)


def change(station: Variables, key: str, value: str) -> Reply:
    return station.change_key(ChangeKey(key, value))


def put201(station: Variables, name: str, value: str, attribute: str = "Actual") -> Reply:
    return station.set(SetVariable(ref(name), value, attribute))


def ref(name: str) -> VariableRef:
    """Return what ``Component.Variable[Instance]`` names."""
    component, _, variable = name.partition(".")
    variable, _, instance = variable.rstrip("]").partition("[")
    return VariableRef(component, variable, instance=instance or None)


def value16(station: Variables, key: str) -> str | None:
    ((_, _, value),) = station.get_keys(GetKeys((key,))).known
    return value


SAME = {
    "HeartbeatInterval": ("OCPPCommCtrlr.HeartbeatInterval", "120"),
    "MeterValueSampleInterval": ("SampledDataCtrlr.TxUpdatedInterval", "0"),
    "MeterValuesSampledData": ("SampledDataCtrlr.TxUpdatedMeasurands", "Voltage"),
    "StopTxnSampledData": ("SampledDataCtrlr.TxEndedMeasurands", ""),
    "ClockAlignedDataInterval": ("AlignedDataCtrlr.Interval", "60"),
    "MeterValuesAlignedData": ("AlignedDataCtrlr.Measurands", "Power.Offered,Voltage"),
    "StopTxnAlignedData": ("AlignedDataCtrlr.TxEndedMeasurands", "Current.Import"),
    "ConnectionTimeOut": ("TxCtrlr.EVConnectionTimeOut", "5"),
    "TransactionMessageAttempts": ("OCPPCommCtrlr.MessageAttempts[TransactionEvent]", "1"),
    "TransactionMessageRetryInterval": (
        "OCPPCommCtrlr.MessageAttemptInterval[TransactionEvent]",
        "0",
    ),
    "WebSocketPingInterval": ("OCPPCommCtrlr.WebSocketPingInterval", "0"),
    "ResetRetries": ("OCPPCommCtrlr.ResetRetries", "0"),
    "StopTransactionOnInvalidId": ("TxCtrlr.StopTxOnInvalidId", "false"),
    "StopTransactionOnEVSideDisconnect": ("TxCtrlr.StopTxOnEVSideDisconnect", "false"),
    "UnlockConnectorOnEVSideDisconnect": ("OCPPCommCtrlr.UnlockOnEVSideDisconnect", "false"),
    "LocalPreAuthorize": ("AuthCtrlr.LocalPreAuthorize", "true"),
    "LocalAuthorizeOffline": ("AuthCtrlr.LocalAuthorizeOffline", "false"),
    "AuthorizeRemoteTxRequests": ("AuthCtrlr.AuthorizeRemoteStart", "true"),
    "AllowOfflineTxForUnknownId": ("AuthCtrlr.OfflineTxForUnknownIdEnabled", "true"),
    "AuthorizationCacheEnabled": ("AuthCacheCtrlr.Enabled", "false"),
    "MaxEnergyOnInvalidId": ("TxCtrlr.MaxEnergyOnInvalidId", "500"),
    "CpoName": ("SecurityCtrlr.OrganizationName", "Operator"),
}


@pytest.mark.parametrize("key", SAME)
@pytest.mark.requirement("1.6 5.3", "B05.FR.10", "B06.FR.10")
def test_a_key_and_its_variable_are_one_thing(key: str) -> None:
    name, value = SAME[key]
    one, other = variables(), variables()

    assert change(one, key, value).outcome is Outcome.ACCEPTED
    assert one.get(GetVariable(ref(name))).value == value
    assert put201(other, name, value).outcome is Outcome.ACCEPTED
    assert value16(other, key) == value
    assert one.take_changes() == other.take_changes() == {name: value}


@pytest.mark.parametrize(
    ("key", "value"),
    [
        *(("HeartbeatInterval", text) for text in ("-1", "1.5", "", "soon", " 5", "+5", "0", "٣")),
        ("HeartbeatInterval", "2147483648"),
        ("HeartbeatInterval", "9" * 400),
        ("MeterValueSampleInterval", "-1"),
        ("TransactionMessageAttempts", "0"),
        *(("LocalPreAuthorize", text) for text in ("yes", "1", "", "truefalse")),
        ("MeterValuesSampledData", "Energy.Active.Import.Register,Frequency"),
        ("MeterValuesSampledData", "Energy.Active.Import.Register,"),
        ("MeterValuesSampledData", "Voltage,Voltage"),
        ("MeterValuesSampledData", "Voltage.N"),
        ("MeterValuesSampledData", "Power.Offered.L1"),
        ("MeterValuesSampledData", "Voltage," * 200),
        ("NumberOfConnectors", "2"),
        ("SupportedFeatureProfiles", "Core"),
        ("ConnectorPhaseRotation", "1.XYZ"),
        ("ConnectorPhaseRotation", "7.RST"),
        ("ConnectorPhaseRotation", "1.RST,1.RTS"),
        ("ConnectorPhaseRotation", ""),
        ("CpoName", "x" * 65),
        ("AuthorizationKey", "no hex at all, and long enough"),
        ("AuthorizationKey", KEY[:-2]),
        ("AuthorizationKey", KEY + "0"),
        ("AuthorizationKey", KEY + KEY),
        ("SecurityProfile", "2"),
    ],
)
@pytest.mark.requirement("1.6 5.3")
def test_a_bad_value_is_rejected_and_the_old_one_stays(key: str, value: str) -> None:
    station = variables()
    before = station.get_keys(GetKeys())

    assert change(station, key, value).outcome is Outcome.REJECTED
    assert station.get_keys(GetKeys()) == before
    assert station.take_changes() == {}


@pytest.mark.requirement("1.6 5.3")
def test_1_6_takes_key_names_and_booleans_in_any_case() -> None:
    station = variables()

    assert change(station, "localpreauthorize", "TRUE").outcome is Outcome.ACCEPTED
    assert value16(station, "LOCALPREAUTHORIZE") == "true"
    assert change(station, "NoSuchKey", "1").outcome is Outcome.UNKNOWN


@pytest.mark.requirement("1.6 9.1.17")
def test_1_6_may_narrow_a_measurand_to_a_phase_and_2_0_1_sees_it_whole() -> None:
    station = variables()
    name = "SampledDataCtrlr.TxUpdatedMeasurands"

    assert (
        change(station, "MeterValuesSampledData", "Voltage.L1, Voltage.L2,Power.Offered").outcome
        is Outcome.ACCEPTED
    )
    assert station.members("SampledDataCtrlr", "TxUpdatedMeasurands") == (
        "Voltage.L1",
        "Voltage.L2",
        "Power.Offered",
    )
    assert station.get(GetVariable(ref(name))).value == "Voltage,Power.Offered"
    assert put201(station, name, "Voltage.L1").reason == "InvalidValue"


@pytest.mark.requirement("1.6 5.8")
def test_asking_for_no_keys_answers_all_that_can_be_read() -> None:
    reply = variables().get_keys(GetKeys())

    keys = [key for key, _, _ in reply.known]
    assert {"HeartbeatInterval", "NumberOfConnectors", "SupportedFeatureProfiles"} <= set(keys)
    assert "AuthorizationKey" not in keys
    assert all(value is not None for _, _, value in reply.known)
    assert (
        "SupportedFeatureProfiles",
        True,
        "Core,FirmwareManagement,LocalAuthListManagement,Reservation,SmartCharging,RemoteTrigger",
    ) in reply.known
    assert ("ChargingScheduleAllowedChargingRateUnit", True, "Current,Power") in reply.known
    assert ("MaxChargingProfilesInstalled", True, "32") in reply.known


@pytest.mark.requirement("1.6 5.8")
def test_keys_come_back_in_our_spelling_and_strangers_in_theirs() -> None:
    reply = variables().get_keys(GetKeys(("heartbeatINTERVAL", "Colour", "HeartbeatInterval")))

    assert reply.known == (("HeartbeatInterval", False, "3600"),)
    assert reply.unknown == ("Colour",)


@pytest.mark.requirement("1.6 9.1.9")
def test_more_keys_than_the_maximum_are_refused_as_a_whole() -> None:
    reply = variables().get_keys(GetKeys(tuple(f"k{number}" for number in range(51))))

    assert reply == KeysReply(Outcome.REJECTED, "TooManyElements", "too many keys at once")


@pytest.mark.requirement("A01.FR.01", "B06.FR.09")
def test_the_password_is_stored_once_and_never_told() -> None:
    station = variables()
    name = "SecurityCtrlr.BasicAuthPassword"
    assert station.password() is None

    assert put201(station, name, PASSWORD).outcome is Outcome.ACCEPTED
    assert station.password() == PASSWORD.encode()
    assert station.take_changes() == {name: PASSWORD.encode().hex()}
    assert change(station, "AuthorizationKey", KEY).outcome is Outcome.ACCEPTED
    assert station.password() == bytes(range(16))
    assert station.get(GetVariable(ref(name))).reason == "WriteOnly"
    assert station.get(GetVariable(ref(name))).value is None
    assert station.get_keys(GetKeys(("AuthorizationKey",))).known == (
        ("AuthorizationKey", False, None),
    )
    reloaded = Variables(StationConfig(), station.take_changes(), nothing)
    assert reloaded.password() == bytes(range(16))


@pytest.mark.requirement("A00.FR.304")
@pytest.mark.parametrize("password", ["short", "x" * 41, "with blanks in it!", "naïve naïve naïve"])
def test_a_password_that_the_standard_forbids_is_refused(password: str) -> None:
    station = variables()

    assert put201(station, "SecurityCtrlr.BasicAuthPassword", password).reason in (
        "InvalidValue",
        "ValueOutOfRange",
    )
    assert station.password() is None


@pytest.mark.parametrize("length", [16, 40])
def test_a_password_of_every_allowed_length_survives_a_restart(length: int) -> None:
    station = variables()
    assert put201(station, "SecurityCtrlr.BasicAuthPassword", "x" * length).outcome is (
        Outcome.ACCEPTED
    )

    again = Variables(StationConfig(), station.take_changes(), nothing)

    assert again.password() == b"x" * length
    assert again.ignored == ()


@pytest.mark.parametrize(
    ("target", "value", "attribute", "outcome", "reason"),
    [
        (VariableRef("NoCtrlr", "Enabled"), "1", "Actual", Outcome.UNKNOWN_COMPONENT, "NotFound"),
        (VariableRef("TxCtrlr", "Colour"), "1", "Actual", Outcome.UNKNOWN, "NotFound"),
        (
            VariableRef("TxCtrlr", "StopTxOnInvalidId", evse_id=1),
            "true",
            "Actual",
            Outcome.UNKNOWN_COMPONENT,
            "NotFound",
        ),
        (
            VariableRef("TxCtrlr", "StopTxOnInvalidId", component_instance="x"),
            "true",
            "Actual",
            Outcome.UNKNOWN_COMPONENT,
            "NotFound",
        ),
        (ref("OCPPCommCtrlr.MessageAttempts"), "1", "Actual", Outcome.UNKNOWN, "NotFound"),
        (
            ref("Ocpp16Ctrlr.NumberOfConnectors"),
            "1",
            "Actual",
            Outcome.UNKNOWN_COMPONENT,
            "NotFound",
        ),
        (
            ref("TxCtrlr.StopTxOnInvalidId"),
            "true",
            "Target",
            Outcome.UNSUPPORTED,
            "UnsupportedParam",
        ),
        (ref("ClockCtrlr.DateTime"), "now", "Actual", Outcome.REJECTED, "ReadOnly"),
        (ref("OCPPCommCtrlr.HeartbeatInterval"), "0", "Actual", Outcome.REJECTED, "ValueTooLow"),
        (
            ref("SmartChargingCtrlr.LimitChangeSignificance"),
            "100.5",
            "Actual",
            Outcome.REJECTED,
            "ValueTooHigh",
        ),
        (
            ref("SmartChargingCtrlr.LimitChangeSignificance"),
            "1.1234567",
            "Actual",
            Outcome.REJECTED,
            "InvalidValue",
        ),
        (ref("TxCtrlr.StopTxOnInvalidId"), "True", "Actual", Outcome.REJECTED, "InvalidValue"),
        (ref("TxCtrlr.EVConnectionTimeOut"), "060", "Actual", Outcome.REJECTED, "InvalidValue"),
        (ref("TxCtrlr.TxStopPoint"), "", "Actual", Outcome.REJECTED, "ValueOutOfRange"),
        (ref("TxCtrlr.TxStartPoint"), "Someday", "Actual", Outcome.REJECTED, "InvalidValue"),
        (
            ref("SecurityCtrlr.OrganizationName"),
            "x" * 1001,
            "Actual",
            Outcome.REJECTED,
            "TooLargeElement",
        ),
        (
            ref("OCPPCommCtrlr.NetworkConfigurationPriority"),
            "5",
            "Actual",
            Outcome.REJECTED,
            "InvalidValue",
        ),
    ],
)
@pytest.mark.requirement("B05.FR.04", "B05.FR.05", "B05.FR.06", "B05.FR.07", "B05.FR.08")
def test_2_0_1_is_told_why_a_variable_is_not_set(
    target: VariableRef, value: str, attribute: str, outcome: Outcome, reason: str
) -> None:
    station = variables()

    reply = station.set(SetVariable(target, value, attribute))

    assert (reply.outcome, reply.reason) == (outcome, reason)
    assert station.take_changes() == {}


@pytest.mark.requirement("B06.FR.06", "B06.FR.07", "B06.FR.08", "B06.FR.14", "B06.FR.15")
def test_names_have_no_case_and_the_tier_is_part_of_the_name() -> None:
    config = StationConfig(evses=(EvseConfig(1), EvseConfig(2, phases=1, connectors=2)))
    station = variables(config)

    def phases(component: str, evse_id: int | None, connector_id: int | None = None) -> str | None:
        name = VariableRef(
            component, "supplyPHASES", "", "", evse_id=evse_id, connector_id=connector_id
        )
        return station.get(GetVariable(name)).value

    assert phases("evse", 1) == "3"
    assert phases("EVSE", 2) == "1"
    assert phases("connector", 2, 2) == "1"
    assert phases("Connector", 1, 2) is None
    assert phases("EVSE", 3) is None
    assert phases("EVSE", None) is None
    assert station.get(GetVariable(ref("TxCtrlr.EVConnectionTimeOut"), "MaxSet")).outcome is (
        Outcome.UNSUPPORTED
    )


def test_facts_of_the_installation_are_read_and_never_stored() -> None:
    config = StationConfig(
        identity=StationIdentity("CP 7", "Maker", "Box", "S1", "1.2"),
        evses=(EvseConfig(1, connector_lock=False), EvseConfig(2, connector_lock=False)),
        security_profile=2,
    )
    station = variables(config, **{"ChargingStation.Model": "Forged", "EVSE@1.Power": "7"})

    assert station.text("SecurityCtrlr", "Identity") == "CP 7"
    assert station.text("ChargingStation", "Model") == "Box"
    assert station.text("ChargingStation", "FirmwareVersion") == "1.2"
    assert value16(station, "NumberOfConnectors") == "2"
    assert value16(station, "ConnectorPhaseRotation") == "0.Unknown,1.Unknown,2.Unknown"
    assert station.ignored == ("ChargingStation.Model", "EVSE@1.Power")
    assert not station.seed(ref("ChargingStation.Model"), "Actual", "Forged")


@pytest.mark.requirement("1.6 9.1.33", "2.0.1 2.1.12")
def test_a_fixed_cable_is_never_unlocked() -> None:
    fixed = variables(StationConfig(evses=(EvseConfig(1, connector_lock=False),)))

    assert not fixed.flag("OCPPCommCtrlr", "UnlockOnEVSideDisconnect")
    assert change(fixed, "UnlockConnectorOnEVSideDisconnect", "true").reason == "ReadOnly"
    assert put201(fixed, "OCPPCommCtrlr.UnlockOnEVSideDisconnect", "true").reason == "ReadOnly"


def test_computed_values_are_asked_for_each_time() -> None:
    now = iter(["first", "second"])
    station = Variables(StationConfig(), {}, lambda ref: next(now))

    assert station.text("ClockCtrlr", "DateTime") == "first"
    assert station.get(GetVariable(ref("ClockCtrlr.DateTime"))).value == "second"


def test_defaults_follow_the_version_until_somebody_sets_a_value() -> None:
    station = variables()
    station.speak("2.0.1")
    assert station.integer("AlignedDataCtrlr", "Interval") == 900

    station.speak("1.6")
    assert station.integer("AlignedDataCtrlr", "Interval") == 0
    assert station.members("SampledDataCtrlr", "TxEndedMeasurands") == ()
    assert value16(station, "StopTxnSampledData") == ""

    change(station, "ClockAlignedDataInterval", "300")
    station.speak("2.0.1")
    assert station.integer("AlignedDataCtrlr", "Interval") == 300


def test_values_are_typed_for_the_core() -> None:
    station = variables()

    assert station.number("SmartChargingCtrlr", "LimitChangeSignificance") == 1.0
    assert station.integer("OCPPCommCtrlr", "MessageAttempts", "TransactionEvent") == 3
    assert station.flag("AuthCtrlr", "Enabled") is True
    assert station.members("TxCtrlr", "TxStopPoint") == ("EVConnected", "Authorized")
    assert station.maximum("SmartChargingCtrlr", "Entries", "ChargingProfiles") == 32
    with pytest.raises(KeyError):
        station.text("TxCtrlr", "Colour")


def test_the_station_itself_sets_what_the_central_system_says() -> None:
    station = variables()

    assert station.put("OCPPCommCtrlr", "HeartbeatInterval", "300")
    assert station.put("OCPPCommCtrlr", "HeartbeatInterval", "300")

    assert station.take_changes() == {"OCPPCommCtrlr.HeartbeatInterval": "300"}
    assert station.take_changes() == {}
    assert station.put("OCPPCommCtrlr", "HeartbeatInterval", "300")
    assert not station.put("OCPPCommCtrlr", "HeartbeatInterval", "99999999999")
    assert not station.put("SecurityCtrlr", "SecurityProfile", "3")
    assert station.take_changes() == {}


def test_seeds_fill_only_what_nobody_has_set_and_may_set_read_only_ones() -> None:
    station = variables(**{"OCPPCommCtrlr.HeartbeatInterval": "77"})

    assert station.seed_key("heartbeatinterval", "5")
    assert station.seed(ref("OCPPCommCtrlr.MessageTimeout[Default]"), "Actual", "12")
    assert station.seed_key("ChargeProfileMaxStackLevel", "3")
    assert station.seed_key("AuthorizationKey", KEY)
    assert station.seed(ref("SecurityCtrlr.BasicAuthPassword"), "Actual", PASSWORD)

    assert station.integer("OCPPCommCtrlr", "HeartbeatInterval") == 77
    assert station.integer("OCPPCommCtrlr", "MessageTimeout", "Default") == 12
    assert station.password() == bytes(range(16))
    assert set(station.take_changes()) == {
        "OCPPCommCtrlr.MessageTimeout[Default]",
        "SmartChargingCtrlr.ProfileStackLevel",
        "SecurityCtrlr.BasicAuthPassword",
    }


@pytest.mark.requirement("1.6 9.4.2")
def test_an_installer_may_offer_amperes_alone_in_the_words_of_1_6() -> None:
    station = variables()

    assert station.seed_key("ChargingScheduleAllowedChargingRateUnit", "Current")
    assert station.members("SmartChargingCtrlr", "RateUnit") == ("A",)
    assert value16(station, "ChargingScheduleAllowedChargingRateUnit") == "Current"
    assert not variables().seed_key("ChargingScheduleAllowedChargingRateUnit", "Horses")


def test_the_installers_password_may_be_of_any_length_and_yields_to_a_newer_one() -> None:
    station = variables()
    station.seed_password("short")
    assert station.password() == b"short"

    station = variables(**{"SecurityCtrlr.BasicAuthPassword": bytes(range(16)).hex()})
    station.seed_password("short")
    assert station.password() == bytes(range(16))


def test_seeds_that_nothing_takes_are_told() -> None:
    station = variables()

    assert not station.seed_key("NoSuchKey", "1")
    assert not station.seed_key("HeartbeatInterval", "never")
    assert not station.seed_key("NumberOfConnectors", "9")
    assert not station.seed(ref("NoCtrlr.Enabled"), "Actual", "true")
    assert not station.seed(ref("TxCtrlr.EVConnectionTimeOut"), "Target", "5")
    assert not station.seed(ref("TxCtrlr.EVConnectionTimeOut"), "Actual", "soon")
    assert station.take_changes() == {}


def test_stored_values_that_nothing_takes_any_more_are_ignored_and_named() -> None:
    stored = {
        "TxCtrlr.EVConnectionTimeOut": "33",
        "TxCtrlr.StopTxOnInvalidId": "perhaps",
        "Gone.Away": "1",
        "SecurityCtrlr.BasicAuthPassword": "no hex",
    }
    station = variables(**stored)

    assert station.integer("TxCtrlr", "EVConnectionTimeOut") == 33
    assert station.flag("TxCtrlr", "StopTxOnInvalidId") is True
    assert station.ignored == tuple(list(stored)[1:])
    assert station.take_changes() == {}


KEYS = [key for key, _, _ in variables().get_keys(GetKeys()).known]


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from(KEYS), st.text(max_size=12)), max_size=20))
def test_whatever_was_accepted_is_there_after_a_restart(changes: list[tuple[str, str]]) -> None:
    station = variables()
    kept: dict[str, str] = {}
    for key, value in changes:
        before = value16(station, key)
        if change(station, key, value).outcome is not Outcome.ACCEPTED:
            assert value16(station, key) == before
        kept |= station.take_changes()

    again = Variables(StationConfig(), kept, nothing)

    assert again.ignored == ()
    assert again.get_keys(GetKeys()) == station.get_keys(GetKeys())


@pytest.mark.requirement("B05.FR.08", "2.0.1 ConfigurationValueSize", "2.0.1 ReportingValueSize")
def test_the_installer_may_keep_values_short() -> None:
    station, operator = variables(), ref("SecurityCtrlr.OrganizationName")
    assert put201(station, "SecurityCtrlr.OrganizationName", "Operator").outcome is Outcome.ACCEPTED
    for name, most in (("ConfigurationValueSize", "10"), ("ReportingValueSize", "3")):
        assert station.seed(ref(f"DeviceDataCtrlr.{name}"), "Actual", most)

    refused = put201(station, "SecurityCtrlr.OrganizationName", "x" * 11)
    assert (refused.outcome, refused.reason) == (Outcome.REJECTED, "TooLargeElement")
    assert station.get(GetVariable(operator)).value == "Ope"
    assert station.text("SecurityCtrlr", "OrganizationName") == "Operator"
