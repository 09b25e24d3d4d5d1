from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from chargepoint.core.snapshot import EvseShown, MeterShown
from chargepoint.demo import sentences

NOON = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)

EVSE = EvseShown(
    id=1,
    connectors=(),
    plugged_in=True,
    charging=True,
    offer_a=11.5,
    limits=(),
    binding="mains L2 25.0/25 A",
    energy_wh=0.0,
    transaction_id=None,
    central_id=None,
    id_token=None,
    session="active",
    phases=3,
    power_w=None,
    fault=None,
)
METER = MeterShown((11.5, 11.5, 11.5), None, 7935.0, None, None, None, stale=False)

SAMPLE = {
    "timestamp": NOON.isoformat(),
    "sampledValue": [{"value": 7.0, "phase": "L1"}, {"value": "12.5"}],
}

TOLD = [
    (
        "BootNotification",
        {"chargePointVendor": "Ours", "chargePointModel": "One"},
        "here is Ours One",
    ),
    (
        "BootNotification",
        {"chargingStation": {"vendorName": "Ours", "model": "One"}},
        "here is Ours One",
    ),
    ("StatusNotification", {"connectorId": 0, "status": "Available"}, "station is Available"),
    ("StatusNotification", {"connectorId": 1, "status": "Charging"}, "connector 1 is Charging"),
    (
        "StatusNotification",
        {"evseId": 1, "connectorId": 2, "connectorStatus": "Occupied"},
        "EVSE 1 connector 2 is Occupied",
    ),
    ("StartTransaction", {"connectorId": 1, "meterStart": 3}, "connector 1 at 3 Wh"),
    ("MeterValues", {"meterValue": [SAMPLE]}, "12.5 Wh"),
    ("StopTransaction", {"meterStop": 40}, "Local at 40 Wh"),
    (
        "TransactionEvent",
        {
            "seqNo": 2,
            "eventType": "Updated",
            "triggerReason": "MeterValuePeriodic",
            "meterValue": [SAMPLE],
        },
        "2 Updated (MeterValuePeriodic) at 12.5 Wh",
    ),
    (
        "TransactionEvent",
        {"seqNo": 1, "eventType": "Updated", "triggerReason": "ChargingStateChanged"},
        "1 Updated (ChargingStateChanged)",
    ),
]


@pytest.mark.parametrize(("action", "payload", "words"), TOLD)
def test_what_the_station_tells_is_a_sentence(
    action: str, payload: dict[str, object], words: str
) -> None:
    assert sentences.told(action, payload, NOON) == f"{action}: {words}"


def test_a_heartbeat_is_not_worth_a_sentence() -> None:
    assert sentences.told("Heartbeat", {}, NOON) is None


def test_what_waited_says_how_long() -> None:
    payload = {"meterStop": 40, "reason": "Remote", "timestamp": NOON.isoformat()}

    sentence = sentences.told("StopTransaction", payload, NOON + timedelta(seconds=5.2))

    assert sentence == "StopTransaction: Remote at 40 Wh, 5.2 s late"


@pytest.mark.parametrize("numbered", [False, True])
def test_a_profile_is_named_by_its_first_limit(numbered: bool) -> None:
    schedule = {"chargingRateUnit": "A", "chargingSchedulePeriod": [{"limit": 10.0}]}
    profile = {"chargingProfilePurpose": "TxDefaultProfile", "stackLevel": 0}
    payload = (
        {"csChargingProfiles": {**profile, "chargingSchedule": schedule}}
        if numbered
        else {"chargingProfile": {**profile, "chargingSchedule": [schedule]}}
    )

    sentence = sentences.asked(json.dumps([2, "id", "SetChargingProfile", payload]))

    assert sentence == "SetChargingProfile: 10.0 A, TxDefaultProfile level 0"


def test_what_has_no_words_is_named() -> None:
    assert sentences.asked('[2, "id", "ClearCache", {}]') == "ClearCache"
    assert sentences.asked('[3, "id", {}]') is None


def test_only_a_refusal_is_told_of_an_answer() -> None:
    assert sentences.refused('[3, "id", {"status": "Accepted"}]') is None
    assert sentences.refused('[3, "id", {}]') is None
    assert sentences.refused('[3, "id", {"status": "Rejected"}]') == "the station answers Rejected"
    broken = sentences.refused('[4, "id", "FormationViolation", "no", {}]')
    assert broken == "the station answers FormationViolation no"


def test_what_the_car_draws_names_what_holds_it_there() -> None:
    sentence = sentences.drawing(EVSE, METER)

    assert sentence == "car draws 11.5 A on 3 phases, 7.9 kW; mains L2 25.0/25 A binds"


def test_one_phase_is_one_phase() -> None:
    meter = replace(METER, currents_a=(6.0, 0.0, 0.0), power_w=1380.0)

    assert str(sentences.drawing(EVSE, meter)).startswith("car draws 6.0 A on 1 phase, 1.4 kW")


@pytest.mark.parametrize(
    ("evse", "meter"),
    [
        (replace(EVSE, charging=False), METER),
        (EVSE, None),
        (EVSE, replace(METER, currents_a=None)),
        (EVSE, replace(METER, currents_a=(0.0, 0.0, 0.0))),
    ],
)
def test_a_car_that_draws_nothing_is_not_told(evse: EvseShown, meter: MeterShown | None) -> None:
    assert sentences.drawing(evse, meter) is None
