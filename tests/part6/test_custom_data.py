"""TC_P: data of a vendor, in messages of their own and beside the standard's."""

from __future__ import annotations

import pytest
from journeys.charging201 import Csms
from part6.case import Case

pytestmark = pytest.mark.sim

CUSTOM = {"vendorId": "org.openchargealliance.octt", "season": {"name": "summer", "days": [1, 2]}}


@pytest.mark.requirement("TC_P_01_CS", "P01.FR.05")
async def test_an_unknown_vendor_is_told_so(case: Case) -> None:
    call = {"vendorId": "org.openchargealliance.octt", "messageId": "Unused"}
    assert await case.says("DataTransfer", **call) == "UnknownVendorId"


@pytest.mark.requirement("TC_P_03_CS")
async def test_custom_data_beside_a_variable_does_no_harm(case: Case) -> None:
    named = {
        "component": {"name": "OCPPCommCtrlr", "customData": CUSTOM},
        "variable": {"name": "OfflineThreshold", "customData": CUSTOM},
        "attributeType": "Actual",
        "customData": CUSTOM,
    }
    data = [named | {"attributeValue": "200"}]
    answer = await case.ask("SetVariables", setVariableData=data, customData=CUSTOM)
    assert answer["setVariableResult"][0]["attributeStatus"] == "Accepted"
    answer = await case.ask("GetVariables", getVariableData=[named], customData=CUSTOM)
    (got,) = answer["getVariableResult"]
    assert (got["attributeStatus"], got["attributeValue"]) == ("Accepted", "200")
    assert got.get("attributeType", "Actual") == "Actual"


@pytest.mark.requirement("TC_P_04_CS")
@pytest.mark.parametrize("unit", ["A", "W"])
async def test_custom_data_in_a_profile_does_no_harm(case: Case, unit: str) -> None:
    csms = Csms(case.rig, unit)
    profile = csms.profile(6.0, duration=300) | {"customData": CUSTOM}
    (schedule,) = profile["chargingSchedule"]
    schedule["chargingSchedulePeriod"][0]["customData"] = CUSTOM
    answer = await csms.set(profile, 1)
    assert answer["status"] == "Accepted"
    assert await csms.composite() == [(0, 6.0)]
