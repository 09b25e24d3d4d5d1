"""docs/boards.md says what the tables say, and its examples are settings."""

import re
import tomllib
from pathlib import Path

import pytest

from chargepoint.settings.checks import all_mistakes
from chargepoint.settings.model import Settings
from hardware.drivers.openevse_state import FAULTS

TEXT = (Path(__file__).parents[3] / "docs" / "boards.md").read_text()
EXAMPLES = re.findall(r"```toml\n(.*?)```", TEXT, re.DOTALL)


def test_every_fault_of_an_openevse_is_in_the_guide() -> None:
    rows = re.findall(r"^\| ([0-9A-F]{2}) [^|]+ \| (\w+) \| (\w+) \|$", TEXT, re.MULTILINE)

    assert rows == [(f"{code:02X}", fault.value, name) for code, (fault, name, _) in FAULTS.items()]


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_example_is_a_configuration(example: str) -> None:
    for text in (example, re.sub(r"^# (\w+ = )", r"\1", example, flags=re.MULTILINE)):
        assert list(all_mistakes(Settings.model_validate(tomllib.loads(text)))) == []
