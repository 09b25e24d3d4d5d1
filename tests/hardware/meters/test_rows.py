"""Rows: what is asked, and what the registers say."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from modbus_devices import words
from modbus_meters import USABLE, as_told

from hardware.api import BusError
from hardware.drivers.rows import PER_PHASE, Block, Cell, Row, cell_of, rows, sample

AMPS = st.floats(-63.0, 63.0).map(lambda number: round(number, 1))


@pytest.mark.parametrize("row", USABLE, ids=lambda row: row.model)
@settings(max_examples=25)
@given(st.tuples(AMPS, AMPS, AMPS))
def test_every_row_tells_amperes_with_their_direction(
    row: Row, flowing: tuple[float, float, float]
) -> None:
    currents_a = list(flowing[: row.phases]) + [0.0] * (3 - row.phases)
    reading = sample(row, as_told(row, currents_a[: row.phases]), 7.0)

    assert reading.at_s == 7.0
    assert reading.currents_a == pytest.approx(currents_a, abs=0.051)
    assert reading.power_w == pytest.approx(230.0 * sum(currents_a), abs=16.0)


@pytest.mark.parametrize("row", USABLE, ids=lambda row: row.model)
def test_every_row_tells_volts_and_counters_in_our_units(row: Row) -> None:
    reading = sample(row, as_told(row, [6.0, 7.0, 8.0][: row.phases]), 0.0)

    volts = (230.0, 230.0, 230.0) if row.phases == 3 else (230.0, 0.0, 0.0)
    assert reading.voltages_v == pytest.approx(volts)
    assert reading.energy_wh == pytest.approx(123_450.0, abs=100.0)
    if "export_wh" in row.cells:
        assert reading.export_wh == pytest.approx(6_780.0, abs=100.0)
    else:
        assert reading.export_wh is None


@pytest.mark.parametrize("row", rows().values(), ids=lambda row: row.model)
def test_every_register_of_a_row_is_read_once_and_within_its_bounds(row: Row) -> None:
    blocks = row.blocks(everything=True)
    read = [each for block in blocks for each in range(block.address, block.address + block.count)]

    assert len(read) == len(set(read))
    assert max(block.count for block in blocks) <= row.most
    for name, cell in row.cells.items():
        if name != "power" or "phase_powers" not in row.cells:
            assert set(range(cell.register, cell.end)) <= set(read)
    assert sum(block.count for block in row.blocks(everything=False)) <= len(read)


def test_the_mains_meter_of_most_houses_is_read_in_one_go() -> None:
    assert rows()["eastron_sdm630"].blocks(everything=False) == (Block(6, 12),)
    assert rows()["eastron_sdm630"].blocks(everything=True) == (Block(0, 18), Block(72, 4))


def test_what_may_be_missing_is_asked_for_alone() -> None:
    blocks = rows()["phoenix_eem350"].blocks(everything=True)

    assert [block for block in blocks if block.optional] == [Block(0x5C, 2, optional=True)]


@pytest.mark.parametrize(
    ("model", "registers", "currents_a", "power_w", "energy_wh"),
    [
        (  # 43 66 33 34 is the maker's own example of 230.2
            "eastron_sdm630",
            "0006: 41200000 40A00000 00000000 C50FC000 44960000 00000000 0048: 449A5000 3F800000",
            (-10.0, 5.0, 0.0),
            -1100.0,
            1_234_500.0,
        ),
        (
            "carlogavazzi_em340",
            "000C: 27100000 13880000 00000000 A628FFFF 2CEC0000 00000000 0034: 30390000",
            (-10.0, 5.0, 0.0),
            -1150.0,
            1_234_500.0,
        ),
        (
            "abb_b23",
            "5B0C: 000003E8 000001F4 00000000 FFFFFFFF 00000000 FFFC7D90 0001C138 00000000"
            " 5000: 000000000001E23A",
            (-10.0, 5.0, 0.0),
            -1150.0,
            1_234_500.0,
        ),
        (
            "solaredge_sunspec",
            "9CFF: 03E8 01F4 0000 FFFE 9D0F: 08FC FB82 0000 0000 9D2A: 0012D644 9D32: 0000",
            (-10.0, 5.0, 0.0),
            -1150.0,
            1_234_500.0,
        ),
    ],
)
def test_a_recorded_block_is_read_as_people_read_it(
    model: str,
    registers: str,
    currents_a: tuple[float, float, float],
    power_w: float,
    energy_wh: float,
) -> None:
    reading = sample(rows()[model], recorded(registers), 0.0)

    assert reading.currents_a == pytest.approx(currents_a)
    assert reading.power_w == pytest.approx(power_w, rel=0.01)
    assert reading.energy_wh == pytest.approx(energy_wh)


def recorded(text: str) -> dict[int, int]:
    """Return the registers written as ``address: words address: words``."""
    registers: dict[int, int] = {}
    address = 0
    for word in text.split():
        if word.endswith(":"):
            address = int(word[:-1], 16)
            continue
        for start in range(0, len(word), 4):
            registers[address] = int(word[start : start + 4], 16)
            address += 1
    return registers


@pytest.mark.parametrize("row", USABLE, ids=lambda row: row.model)
@settings(max_examples=50)
@given(st.randoms(use_true_random=False))
def test_whatever_the_registers_hold_is_a_reading_or_no_answer(row: Row, chance) -> None:
    registers = {address: chance.randrange(0x10000) for address in as_told(row, [0.0] * row.phases)}
    try:
        reading = sample(row, registers, 0.0)
    except BusError:
        return
    assert not any(math.isnan(each) for each in reading.currents_a)


# --- what is not there -----------------------------------------------------------------------


def one_cell(kind: str, order: str = "abcd", **more: Cell) -> Row:
    return Row("x", "x", 1, 4, order, {"currents": Cell(0, kind), **more})


@pytest.mark.parametrize(
    ("kind", "raw"),
    [
        ("uint32", [0xFFFF, 0xFFFF]),
        ("int32", [0x7FFF, 0xFFFF]),
        ("int16", [0x8000]),
        ("float32", [0x7FC0, 0x0000]),
    ],
)
def test_a_current_that_is_not_available_is_no_reading(kind: str, raw: list[int]) -> None:
    with pytest.raises(BusError, match="currents on phase 1 is not available"):
        sample(one_cell(kind), dict(enumerate(raw)), 0.0)


def test_a_scale_that_is_not_available_is_no_fresh_zero() -> None:
    row = rows()["solaredge_sunspec"]
    registers = as_told(row, [6.0, 7.0, 8.0]) | {40194: 0x8000}

    with pytest.raises(BusError, match="not available"):
        sample(row, registers, 0.0)
    with pytest.raises(BusError, match="not available"):
        sample(row, registers | {40194: 11}, 0.0)


def test_a_direction_that_is_not_available_is_no_reading() -> None:
    row = rows()["abb_b23"]
    registers = as_told(row, [6.0, 7.0, 8.0]) | {0x5B16: 0x7FFF, 0x5B17: 0xFFFF}

    with pytest.raises(BusError, match="power on phase 1 is not available"):
        sample(row, registers, 0.0)


def test_a_counter_that_is_not_available_is_unknown() -> None:
    row = rows()["abb_b23"]
    registers = as_told(row, [6.0, 7.0, 8.0])
    registers.update(dict.fromkeys(range(0x5000, 0x5004), 0xFFFF))

    assert sample(row, registers, 0.0).energy_wh is None


def test_swapped_words_are_no_fresh_zero() -> None:
    row = rows()["eastron_sdm630"]
    registers = as_told(row, [6.0, 7.0, 8.0])
    swapped = {address: registers.get(address ^ 1, 0) for address in registers}

    with pytest.raises(BusError, match="order of the words"):
        sample(row, swapped, 0.0)


def test_phases_that_are_not_connected_are_zero() -> None:
    row = rows()["abb_b23"]
    registers = as_told(row, [6.0, 7.0, 8.0]) | {0x5B0E: 0xFFFF, 0x5B0F: 0xFFFF}

    reading = sample(row, registers, 0.0, connected=1)
    assert reading.currents_a == (6.0, 0.0, 0.0)
    assert reading.power_w == 1380.0


def test_what_is_measured_behind_current_transformers_is_multiplied() -> None:
    row = rows()["chint_dtsu666"]
    reading = sample(row, as_told(row, [1.0, -2.0, 0.5]), 0.0, ct_ratio=40.0)

    assert reading.currents_a == pytest.approx((40.0, -80.0, 20.0))
    assert reading.power_w == pytest.approx(-0.5 * 230.0 * 40.0)
    assert reading.energy_wh == pytest.approx(40.0 * 123_450.0)
    assert reading.export_wh == pytest.approx(40.0 * 6_780.0)
    assert reading.voltages_v == (230.0, 230.0, 230.0)


def test_voltages_that_are_not_available_are_unknown() -> None:
    row = rows()["abb_b23"]
    registers = as_told(row, [6.0, 7.0, 8.0]) | {0x5B02: 0xFFFF, 0x5B03: 0xFFFF}

    assert sample(row, registers, 0.0).voltages_v is None


# --- the table -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("0x0006", Cell(6, "int32")),
        ("2516", Cell(2516, "int32")),
        ("int16@0x10/2", Cell(16, "int16", exponent=2)),
        ("0x48/-3?", Cell(72, "int32", exponent=-3, optional=True)),
        ("uint32@40234^40242", Cell(40234, "uint32", scale=40242)),
    ],
)
def test_cells_are_written_short(text: str, cell: Cell) -> None:
    assert cell_of(text, "int32", 1) == cell


@pytest.mark.parametrize("text", ["", "six", "0x", "-1", "int8@3", "0xFFFF", "1^70000", "3//2"])
def test_what_is_no_cell_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"allowed|last register"):
        cell_of(text, "int32", 1)


@pytest.mark.parametrize("row", rows().values(), ids=lambda row: row.model)
def test_every_row_is_named_by_maker_and_model_and_has_a_source(row: Row) -> None:
    assert row.model == row.model.lower()
    assert row.model.count("_") >= 1
    assert row.source
    assert row.title
    assert row.serial.split()[-1] in ("8N1", "8E1", "8N2", "TCP")
    for name, cell in row.cells.items():
        assert cell.count == (row.phases if name in PER_PHASE else 1)


@given(st.sampled_from(["abcd", "cdab", "badc", "dcba"]), st.floats(0.125, 999.0, width=32))
def test_every_order_of_bytes_is_read(order: str, current_a: float) -> None:
    reading = sample(one_cell("float32", order), dict(enumerate(words(current_a, order=order))), 0)

    assert math.isclose(reading.currents_a[0], current_a, rel_tol=1e-6)
