"""The table of variables against itself."""

from __future__ import annotations

import pytest

from chargepoint.core.config import EvseConfig, SecondContactor, StationConfig
from chargepoint.core.measurands import ITEMS_16, NAMES, WITH_PHASE, names
from chargepoint.core.variable_rows import Cell, cells, rows

CONFIG = StationConfig(evses=(EvseConfig(1), EvseConfig(2, connectors=2)))
CELLS = list(cells(CONFIG))


def test_no_row_and_no_key_comes_twice() -> None:
    keys = [cell.key for cell in CELLS]
    keys16 = [row["key16"] for row in rows() if row["key16"]]

    assert len(keys) == len(set(keys))
    assert len(keys16) == len({key.casefold() for key in keys16})


@pytest.mark.parametrize("cell", CELLS, ids=lambda cell: cell.key)
def test_every_default_is_a_value_of_its_variable(cell: Cell) -> None:
    if cell.source == "computed" or cell.bounds.data_type == "password":
        return
    for version in ("", "1.6", "2.0.1"):
        assert cell.refusal(cell.default(version)) == ""


@pytest.mark.parametrize("cell", CELLS, ids=lambda cell: cell.key)
def test_access_is_said_for_each_version_that_knows_it(cell: Cell) -> None:
    assert cell.access in ("", "RO", "RW", "WO")
    assert bool(cell.access16) == bool(cell.key16)
    assert cell.access or cell.access16
    ruled_elsewhere = cell.key16 == "SecurityProfile"
    assert (
        cell.source == "stored"
        or {cell.access, cell.access16} <= {"", "RO", "R"}
        or ruled_elsewhere
    )
    assert len(cell.key16) <= 50


@pytest.mark.requirement("1.6 9.1.17")
def test_a_phase_narrows_only_what_has_phases() -> None:
    assert set(WITH_PHASE) == {
        f"{name}.{phase}" for name in ("Current.Import", "Voltage") for phase in ("L1", "L2", "L3")
    }
    assert names(WITH_PHASE) == ("Current.Import", "Voltage")
    assert names(NAMES) == NAMES


PRESENT, ABSENT, OFF = (
    EvseConfig(1),
    EvseConfig(2, second_contactor=SecondContactor.ABSENT),
    EvseConfig(3, second_contactor=SecondContactor.ALWAYS_OFF),
)


@pytest.mark.requirement("1.6 9.4.4", "2.0.1 Phases3to1")
@pytest.mark.parametrize(
    ("evses", "promised"),
    [
        ((PRESENT,), "true"),
        ((EvseConfig(1, second_contactor=SecondContactor.AUTO), OFF), "true"),
        ((PRESENT, ABSENT), "false"),
        ((OFF,), "false"),
        ((EvseConfig(1, phases=1),), "false"),
    ],
)
def test_three_to_one_phase_is_promised_where_every_evse_can(
    evses: tuple[EvseConfig, ...], promised: str
) -> None:
    by_key = {cell.key: cell.default("") for cell in cells(StationConfig(evses=evses))}

    assert by_key["SmartChargingCtrlr.Phases3to1"] == promised
    assert by_key["SmartChargingCtrlr.ACPhaseSwitchingSupported"] == "false"
    if OFF in evses:
        assert by_key["EVSE@3.SupplyPhases"] == "1"


@pytest.mark.requirement("1.6 7.31", "2.0.1 MeasurandEnumType")
def test_only_1_6_knows_the_temperature() -> None:
    assert "Temperature" in ITEMS_16
    assert "Temperature" not in NAMES
    assert names(["Temperature"]) == ()
