"""What a report says of the device model."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chargepoint.core.config import EvseConfig, StationConfig
from chargepoint.core.messages import ReportedVariable
from chargepoint.core.reports import BASES, inventory, parts
from chargepoint.core.variable_rows import MUTABILITY
from chargepoint.core.variables import Variables
from chargepoint.core.words import VariableRef

AT = datetime(2026, 3, 1, 7, 0, tzinfo=UTC)

NOW = {"DateTime": "2026-03-01T07:00:00Z", "AvailabilityState": "Available"}


def station() -> Variables:
    config = StationConfig(evses=(EvseConfig(1), EvseConfig(2, connectors=2)))
    return Variables(config, {}, lambda ref: NOW.get(ref.variable))


def reported(base: str) -> tuple[ReportedVariable, ...]:
    report = inventory(station(), base)
    assert report is not None
    return report


def test_what_only_1_6_has_is_no_part_of_a_report() -> None:
    components = {variable.ref.component for variable in reported("FullInventory")}

    assert "Ocpp16Ctrlr" not in components


@pytest.mark.requirement("B07.FR.07", "B07.FR.12")
def test_the_configuration_inventory_is_all_that_can_be_set() -> None:
    names = {variable.ref.variable for variable in reported("ConfigurationInventory")}

    assert {"HeartbeatInterval", "TxStartPoint", "BasicAuthPassword"} <= names
    assert "DateTime" not in names
    assert all(
        mutability in ("ReadWrite", "WriteOnly")
        for variable in reported("ConfigurationInventory")
        for _, _, mutability in variable.attributes
    )


# What the profiles Core, Advanced Security, Local Authorization List, Smart Charging and
# Reservation want of every station (part 2, referenced components and variables; part 5): name,
# what may be done to it, data type, unit, and whether its largest value is told.
REQUIRED = """
OCPPCommCtrlr.ActiveNetworkProfile RO integer
OCPPCommCtrlr.FileTransferProtocols RO MemberList
OCPPCommCtrlr.MessageTimeout[Default] RO integer s
OCPPCommCtrlr.MessageAttempts[TransactionEvent] RW integer
OCPPCommCtrlr.MessageAttemptInterval[TransactionEvent] RW integer s
OCPPCommCtrlr.NetworkConfigurationPriority RW SequenceList
OCPPCommCtrlr.NetworkProfileConnectionAttempts RW integer
OCPPCommCtrlr.OfflineThreshold RW integer s
OCPPCommCtrlr.ResetRetries RW integer
OCPPCommCtrlr.RetryBackOffRepeatTimes RW integer
OCPPCommCtrlr.RetryBackOffRandomRange RW integer s
OCPPCommCtrlr.RetryBackOffWaitMinimum RW integer s
OCPPCommCtrlr.UnlockOnEVSideDisconnect RW boolean
OCPPCommCtrlr.WebSocketPingInterval RW integer s
DeviceDataCtrlr.ItemsPerMessage[GetReport] RO integer
DeviceDataCtrlr.ItemsPerMessage[GetVariables] RO integer
DeviceDataCtrlr.ItemsPerMessage[SetVariables] RO integer
DeviceDataCtrlr.BytesPerMessage[GetReport] RO integer
DeviceDataCtrlr.BytesPerMessage[GetVariables] RO integer
DeviceDataCtrlr.BytesPerMessage[SetVariables] RO integer
ClockCtrlr.DateTime RO dateTime
ClockCtrlr.TimeSource RW SequenceList
SecurityCtrlr.BasicAuthPassword WO string max
SecurityCtrlr.OrganizationName RW string
SecurityCtrlr.CertificateEntries RO integer max
SecurityCtrlr.SecurityProfile RO integer
AuthCtrlr.AuthorizeRemoteStart RW boolean
AuthCtrlr.LocalAuthorizeOffline RW boolean
AuthCtrlr.LocalPreAuthorize RW boolean
TxCtrlr.EVConnectionTimeOut RW integer s
TxCtrlr.StopTxOnEVSideDisconnect RW boolean
TxCtrlr.StopTxOnInvalidId RW boolean
TxCtrlr.TxStartPoint RW MemberList
TxCtrlr.TxStopPoint RW MemberList
SampledDataCtrlr.TxStartedMeasurands RW MemberList max
SampledDataCtrlr.TxUpdatedMeasurands RW MemberList max
SampledDataCtrlr.TxUpdatedInterval RW integer s
SampledDataCtrlr.TxEndedMeasurands RW MemberList max
SampledDataCtrlr.TxEndedInterval RW integer s
AlignedDataCtrlr.Interval RW integer s
AlignedDataCtrlr.Measurands RW MemberList max
AlignedDataCtrlr.TxEndedMeasurands RW MemberList max
AlignedDataCtrlr.TxEndedInterval RW integer s
LocalAuthListCtrlr.Entries RO integer max
LocalAuthListCtrlr.ItemsPerMessage RO integer
LocalAuthListCtrlr.BytesPerMessage RO integer
SmartChargingCtrlr.ProfileStackLevel RO integer
SmartChargingCtrlr.RateUnit RO MemberList
SmartChargingCtrlr.PeriodsPerSchedule RO integer
SmartChargingCtrlr.Entries[ChargingProfiles] RO integer max
SmartChargingCtrlr.LimitChangeSignificance RW decimal Percent
ChargingStation.Available RO boolean
ChargingStation.AvailabilityState RO OptionList
ChargingStation.SupplyPhases RO integer
EVSE.Available RO boolean
EVSE.AvailabilityState RO OptionList
EVSE.SupplyPhases RO integer
EVSE.Power RO decimal W max
Connector.Available RO boolean
Connector.AvailabilityState RO OptionList
Connector.ConnectorType RO string
Connector.SupplyPhases RO integer
"""
WORDS = {word: short for short, word in MUTABILITY.items()}


@pytest.mark.requirement("B07.FR.08", "TC_B_53_CS")
@pytest.mark.parametrize("row", REQUIRED.strip().splitlines(), ids=lambda row: row.split()[0])
def test_what_every_station_must_have_is_there_as_it_must_be(row: str) -> None:
    name, access, data_type, *more = row.split()
    found = [
        variable
        for variable in reported("FullInventory")
        if f"{variable.ref.component}.{variable.ref.variable}"
        + (f"[{variable.ref.instance}]" if variable.ref.instance else "")
        == name
    ]
    assert found
    for variable in found:
        ((_, _, mutability),) = variable.attributes
        assert (WORDS[mutability], variable.data_type) == (access, data_type)
        assert variable.unit == next((word for word in more if word != "max"), "")
        assert "max" not in more or variable.max_limit is not None
        assert not data_type.endswith("List") or variable.values_list


@pytest.mark.requirement("TC_B_53_CS")
def test_every_value_is_told_but_secrets_and_lies_in_its_values_list() -> None:
    for variable in reported("FullInventory"):
        ((kind, value, mutability),) = variable.attributes
        assert kind == "Actual"
        assert (value is None) == (mutability == "WriteOnly")
        if variable.data_type in ("OptionList", "MemberList", "SequenceList"):
            allowed = variable.values_list.split(",")
            assert all(allowed)
            assert value is not None
            assert set(value.split(",") if value else []) <= set(allowed)
        else:
            assert variable.values_list == ""


@pytest.mark.requirement("2.0.1 2.13.7")
def test_an_evse_says_how_much_power_it_can_give() -> None:
    powers = [one for one in reported("FullInventory") if one.ref.variable == "Power"]

    assert [(one.ref.evse_id, one.max_limit, one.unit) for one in powers] == [
        (1, 22080.0, "W"),
        (2, 22080.0, "W"),
    ]


@pytest.mark.requirement("B07.FR.09")
def test_the_summary_is_the_state_of_station_evses_and_connectors() -> None:
    assert [one.ref for one in reported("SummaryInventory")] == [
        VariableRef(component, "AvailabilityState", evse_id=evse_id, connector_id=connector_id)
        for component, evse_id, connector_id in [
            ("ChargingStation", None, None),
            ("EVSE", 1, None),
            ("EVSE", 2, None),
            ("Connector", 1, 1),
            ("Connector", 2, 1),
            ("Connector", 2, 2),
        ]
    ]


@pytest.mark.requirement("B07.FR.02", "B07.FR.05")
def test_an_unknown_base_is_no_report() -> None:
    assert inventory(station(), "EverythingInventory") is None


@pytest.mark.requirement("2.0.1 2")
def test_what_can_be_written_is_persistent() -> None:
    for base in BASES:
        for variable in reported(base):
            if variable.attributes[0][2] != "ReadOnly":
                assert variable.persistent
                assert not variable.constant


@settings(deadline=None)
@given(st.integers(0, 120), st.integers(1, 50))
@pytest.mark.requirement("B07.FR.04", "B07.FR.10")
def test_a_report_arrives_whole_in_numbered_parts(count: int, per_part: int) -> None:
    variable = ReportedVariable(VariableRef("A", "B"), (("Actual", "1", "ReadOnly"),), "integer")
    report = parts(7, (variable,) * count, AT, per_part)

    assert sum(len(part.variables) for part in report) == count
    assert [part.seq_no for part in report] == list(range(len(report)))
    assert [part.more for part in report] == [True] * (len(report) - 1) + [False]
    assert {part.request_id for part in report} == {7}
    assert all(len(part.variables) <= per_part for part in report)
