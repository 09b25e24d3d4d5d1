"""What a report says of the device model."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chargepoint.core.config import EvseConfig, StationConfig
from chargepoint.core.messages import ReportedVariable
from chargepoint.core.reports import BASES, inventory, parts
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


REQUIRED = """
OCPPCommCtrlr.FileTransferProtocols OCPPCommCtrlr.MessageTimeout[Default]
OCPPCommCtrlr.MessageAttempts[TransactionEvent]
OCPPCommCtrlr.MessageAttemptInterval[TransactionEvent]
OCPPCommCtrlr.NetworkConfigurationPriority OCPPCommCtrlr.NetworkProfileConnectionAttempts
OCPPCommCtrlr.OfflineThreshold OCPPCommCtrlr.ResetRetries OCPPCommCtrlr.UnlockOnEVSideDisconnect
OCPPCommCtrlr.RetryBackOffWaitMinimum OCPPCommCtrlr.RetryBackOffRandomRange
OCPPCommCtrlr.RetryBackOffRepeatTimes
DeviceDataCtrlr.ItemsPerMessage[GetReport] DeviceDataCtrlr.ItemsPerMessage[GetVariables]
DeviceDataCtrlr.ItemsPerMessage[SetVariables] DeviceDataCtrlr.BytesPerMessage[GetReport]
DeviceDataCtrlr.BytesPerMessage[GetVariables] DeviceDataCtrlr.BytesPerMessage[SetVariables]
ClockCtrlr.DateTime ClockCtrlr.TimeSource SecurityCtrlr.OrganizationName
SecurityCtrlr.CertificateEntries SecurityCtrlr.SecurityProfile AuthCtrlr.AuthorizeRemoteStart
AuthCtrlr.LocalAuthorizeOffline AuthCtrlr.LocalPreAuthorize TxCtrlr.EVConnectionTimeOut
TxCtrlr.StopTxOnEVSideDisconnect TxCtrlr.StopTxOnInvalidId TxCtrlr.TxStartPoint
TxCtrlr.TxStopPoint SampledDataCtrlr.TxStartedMeasurands SampledDataCtrlr.TxUpdatedMeasurands
SampledDataCtrlr.TxEndedMeasurands SampledDataCtrlr.TxUpdatedInterval
SampledDataCtrlr.TxEndedInterval AlignedDataCtrlr.Interval AlignedDataCtrlr.Measurands
AlignedDataCtrlr.TxEndedInterval AlignedDataCtrlr.TxEndedMeasurands
SmartChargingCtrlr.ProfileStackLevel SmartChargingCtrlr.RateUnit
SmartChargingCtrlr.PeriodsPerSchedule SmartChargingCtrlr.Entries[ChargingProfiles]
SmartChargingCtrlr.LimitChangeSignificance
ChargingStation.Available ChargingStation.AvailabilityState ChargingStation.SupplyPhases
EVSE.Available EVSE.AvailabilityState EVSE.SupplyPhases EVSE.Power
Connector.Available Connector.AvailabilityState Connector.ConnectorType Connector.SupplyPhases
"""


@pytest.mark.requirement("B07.FR.08", "TC_B_53_CS")
def test_the_full_inventory_has_every_variable_that_is_required() -> None:
    names = {
        f"{variable.ref.component}.{variable.ref.variable}"
        + (f"[{variable.ref.instance}]" if variable.ref.instance else "")
        for variable in reported("FullInventory")
    }

    assert set(REQUIRED.split()) - names == set()
    assert not any(name.startswith("Ocpp16") for name in names)


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
