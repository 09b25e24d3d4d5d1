"""docs/meters.md says what the table says, and its examples are settings."""

import re
import tomllib
from pathlib import Path

import pytest

from chargepoint.settings.checks import all_mistakes
from chargepoint.settings.model import Settings
from hardware.drivers.rows import Row, rows

TEXT = (Path(__file__).parents[3] / "docs" / "meters.md").read_text()
EXAMPLES = re.findall(r"```toml\n(.*?)```", TEXT, re.DOTALL)
BUS = '[hardware.buses.rs485]\nport = "/dev/ttyUSB0"\n'


@pytest.mark.parametrize("row", rows().values(), ids=lambda row: row.model)
def test_every_row_is_in_the_guide(row: Row) -> None:
    assert f"| `{row.model}` | {row.title} | {row.phases} | {row.serial} |" in TEXT


def test_no_other_meter_is_promised() -> None:
    told = re.findall(r"^\| `(\w+)` \| .* \| [13] \| ", TEXT, re.MULTILINE)

    assert told == list(rows())


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_example_is_a_configuration(example: str) -> None:
    if "driver" not in example:
        example = example.replace("inverted", 'driver = "pushed"\ninverted')
    text = example if "[hardware.buses" in example else BUS + example
    settings = Settings.model_validate(tomllib.loads(text))

    assert list(all_mistakes(settings)) == []
