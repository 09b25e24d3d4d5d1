"""A report with criteria: B08."""

from __future__ import annotations

import pytest
from core.driver import Driver

from chargepoint.core import messages as m
from chargepoint.core.config import EvseConfig
from chargepoint.core.messages import GetReport, Outcome, Wanted
from hardware.api import Fault, FaultCode


@pytest.fixture
def two() -> Driver:
    return Driver("2.0.1", evses=(EvseConfig(1), EvseConfig(2, connectors=2))).online()


def report(driver, *wanted, criteria=()):
    """Ask for a report; return the names of what was reported."""
    driver.live.clear()
    reply = driver.do(GetReport(7, tuple(criteria), wanted))
    parts = [event for event in driver.live if isinstance(event, m.ReportPart)]
    assert [part.seq_no for part in parts] == list(range(len(parts)))
    assert all(part.request_id == 7 for part in parts)
    assert [part.more for part in parts] == [True] * (len(parts) - 1) + [False] * bool(parts)
    found = [each.ref for part in parts for each in part.variables]
    assert reply.outcome is (Outcome.ACCEPTED if found else Outcome.UNKNOWN)
    return found


def names(found):
    return {f"{ref.component}.{ref.variable}" for ref in found}


@pytest.mark.requirement("B08.FR.01", "B08.FR.03", "B08.FR.04", "B08.FR.14")
def test_without_criteria_everything_is_reported(two):
    found = report(two)
    assert len(found) > 100
    assert {"EVSE.Power", "Connector.AvailabilityState"} <= names(found)


@pytest.mark.requirement("B08.FR.11", "B08.FR.20")
def test_a_component_without_a_variable_means_all_of_its_variables(two):
    found = report(two, Wanted("clockctrlr"))
    assert {ref.component for ref in found} == {"ClockCtrlr"}
    assert {"ClockCtrlr.DateTime", "ClockCtrlr.TimeSource"} <= names(found)


@pytest.mark.requirement("B08.FR.21")
def test_a_variable_without_an_instance_means_all_of_them(two):
    found = report(two, Wanted("DeviceDataCtrlr", variable="ItemsPerMessage"))
    assert {ref.instance for ref in found} == {"GetReport", "GetVariables", "SetVariables"}

    (one,) = report(
        two, Wanted("DeviceDataCtrlr", variable="itemspermessage", instance="getreport")
    )
    assert one.instance == "GetReport"


@pytest.mark.requirement("B08.FR.22", "B08.FR.23")
def test_an_evse_or_connector_that_is_not_named_may_be_any(two):
    state = {"variable": "AvailabilityState"}
    places = [(ref.evse_id, ref.connector_id) for ref in report(two, Wanted("Connector", **state))]
    assert places == [(1, 1), (2, 1), (2, 2)]
    second = report(two, Wanted("Connector", evse_id=2, **state))
    assert [ref.connector_id for ref in second] == [1, 2]
    (last,) = report(two, Wanted("Connector", evse_id=2, connector_id=2, **state))
    assert (last.evse_id, last.connector_id) == (2, 2)


@pytest.mark.requirement("B08.FR.15")
@pytest.mark.parametrize(
    "wanted",
    [
        Wanted("Toaster"),
        Wanted("EVSE", evse_id=9),
        Wanted("ClockCtrlr", component_instance="2"),
        Wanted("ClockCtrlr", variable="Colour"),
    ],
)
def test_what_does_not_exist_is_an_empty_result(two, wanted):
    assert report(two, wanted) == []


@pytest.mark.requirement("B08.FR.07", "B08.FR.08", "B08.FR.09", "B08.FR.13")
def test_a_component_that_is_off_is_left_out(two):
    two.do(m.SetVariable(m.VariableRef("SampledDataCtrlr", "Enabled"), "false"))

    enabled = {ref.component for ref in report(two, criteria=["Enabled"])}
    assert "SampledDataCtrlr" not in enabled
    assert {"AlignedDataCtrlr", "ClockCtrlr"} <= enabled
    both = {ref.component for ref in report(two, criteria=["Enabled", "Available"])}
    assert "SampledDataCtrlr" in both


@pytest.mark.requirement("B08.FR.10", "B08.FR.05")
def test_nothing_has_a_problem(two):
    assert report(two, Wanted("ClockCtrlr"), criteria=["Problem"]) == []


@pytest.mark.requirement("B06.FR.16", "B06.FR.17", "B08.FR.06", "B08.FR.17", "B08.FR.18")
@pytest.mark.parametrize("request_name", ["GetReport", "GetVariables", "SetVariables"])
def test_too_much_at_once_is_refused(two, request_name):
    limits = ("DeviceDataCtrlr", "ItemsPerMessage"), ("DeviceDataCtrlr", "BytesPerMessage")
    items, size_bytes = (two.station.variables.integer(*each, request_name) for each in limits)

    assert two.do(m.Weigh(request_name, items, size_bytes)) == m.ACCEPTED
    for more, reason in (((1, 0), "TooManyElements"), ((0, 1), "TooLargeElement")):
        reply = two.do(m.Weigh(request_name, items + more[0], size_bytes + more[1]))
        assert (reply.outcome, reply.reason) == (Outcome.REJECTED, reason)


@pytest.mark.requirement("B07.FR.13", "B08.FR.16")
def test_a_central_system_that_does_not_take_its_reports_gets_no_more_of_them(two):
    asked = m.GetBaseReport(1, "FullInventory"), GetReport(2, (), (Wanted("EVSE"),))
    while two.do(asked[0]).outcome is Outcome.ACCEPTED:
        assert len(two.live) < 100
    waiting = len(two.live)

    for each in asked:
        assert two.do(each).outcome is Outcome.REJECTED
    assert len(two.live) == waiting
    for _ in range(waiting + 1):
        two.do(m.ReportTold())
    assert two.do(asked[1]).outcome is Outcome.ACCEPTED


def test_a_new_connection_waits_for_no_old_report(two):
    asked = m.GetBaseReport(1, "FullInventory")
    while two.do(asked).outcome is Outcome.ACCEPTED:
        pass
    two.offline()
    two.do(m.LinkUp(two.dialect))

    assert two.do(asked).outcome is Outcome.ACCEPTED


@pytest.mark.requirement("B08.FR.24", "B08.FR.25")
def test_an_instance_of_a_component_is_only_that_one(two):
    """No component of ours has instances: without one all is meant, with one nothing is there."""
    assert report(two, Wanted("EVSE", evse_id=1, variable="AvailabilityState"))
    assert two.do(GetReport(7, (), (Wanted("EVSE", "left"),))).outcome is Outcome.UNKNOWN


@pytest.mark.requirement("B08.FR.03")
def test_a_password_is_reported_without_its_value(two):
    two.do(m.SetVariable(m.VariableRef("SecurityCtrlr", "BasicAuthPassword"), "x" * 20))
    two.live.clear()
    two.do(GetReport(7, (), (Wanted("SecurityCtrlr", variable="BasicAuthPassword"),)))
    (part,) = two.live
    assert part.variables[0].attributes[0][1] is None


@pytest.mark.requirement("B07.FR.09", "B08.FR.10", "TC_B_14_CS")
def test_the_summary_tells_what_is_available_and_what_is_wrong(two):
    def summary():
        two.live.clear()
        assert two.do(m.GetBaseReport(7, "SummaryInventory")) == m.ACCEPTED
        parts = [event for event in two.live if isinstance(event, m.ReportPart)]
        return names(each.ref for part in parts for each in part.variables)

    available = {f"{each}.AvailabilityState" for each in ("ChargingStation", "EVSE", "Connector")}
    assert summary() == available
    two.sense(2, faults=frozenset({Fault(FaultCode.GROUND_FAILURE)}))
    two.tick()
    assert summary() == available | {"RCD.Problem"}
    (found,) = report(two, Wanted("RCD"), criteria=["Problem"])
    assert found.evse_id == 2
