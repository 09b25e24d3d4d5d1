"""What the registers of a meter hold while currents flow through it."""

from modbus_devices import words

from hardware.drivers.rows import Row, rows

USABLE = [row for row in rows().values() if "currents" in row.cells]


def filled(row: Row, **values: list[float]) -> dict[int, int]:
    """Return the registers of a meter of this kind that holds *values*, and 0 in between."""
    spans = (range(block.address, block.address + block.count) for block in row.blocks(True))
    registers = {address: 0 for span in spans for address in span}
    for name, cell in row.cells.items():
        for place, value in enumerate(values[name][: cell.count]):
            if cell.scale is not None:
                fine = name in ("currents", "voltages")
                registers[cell.scale] = 0xFFFF if fine else 1  # ten to the minus first, or first
                value *= 10.0 if fine else 0.1
            start = cell.register + place * cell.width
            raw = words(value * 10.0**cell.exponent, cell.kind, row.order)
            registers.update(enumerate(raw, start))
    return registers


def as_told(row: Row, currents_a: list[float], volts: float = 230.0) -> dict[int, int]:
    """Return the registers of a meter through which *currents_a* flow.

    Currents are told without a sign wherever the powers have it.
    """
    flip = -1.0 if row.sign == "-power" else 1.0
    told = currents_a if row.sign == "raw" else [abs(each) for each in currents_a]
    powers_w = [flip * volts * each for each in currents_a]
    return filled(
        row,
        currents=told,
        phase_powers=powers_w,
        power=[sum(powers_w)],
        voltages=[volts] * 3,
        import_wh=[123_450.0],
        export_wh=[6_780.0],
    )
