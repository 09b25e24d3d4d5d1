"""Drivers by name: ours, strangers', and mistakes that name themselves."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from hardware import registry
from hardware.api import BusError, Pushable, UnknownDriver, WrongSettings
from hardware.registry import Context, Kind

OURS = ("dsmr", "homewizard", "modbus", "openevse", "pushed", "sensorbox", "sim")
EXAMPLES = Path(__file__).parents[2] / "examples"


def context(place: str = "mains") -> Context:
    """Return a context whose clock stands at 5 s."""
    return Context(place, lambda: 5.0)


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Return a way to install a stranger's package with one entry point."""

    def installed(group: str, name: str, module: str) -> None:
        info = tmp_path / f"{name}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text(f"[{group}]\n{name} = {module}\n")
        monkeypatch.syspath_prepend(str(tmp_path))

    return installed


def test_unknown_names_list_the_known_ones() -> None:
    with pytest.raises(UnknownDriver, match=r"'simm'; known are dsmr, .*, sim"):
        registry.open_meter("simm", {}, context())
    with pytest.raises(UnknownDriver, match="'pushed'; known are openevse, sim"):
        registry.settings(Kind.BOARD, "pushed", {})


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"colour": "red"}, "evse.1.colour: unknown here; known are connectors, connector_lock"),
        ({"max_current_a": 5}, "evse.1.max_current_a: .* greater than or equal to 6, not 5"),
        ({"phases": 2, "connectors": 0}, r"evse.1.connectors: .*; evse.1.phases: .*1 or 3"),
    ],
)
def test_every_wrong_setting_is_named_with_its_key(given: dict[str, object], message: str) -> None:
    with pytest.raises(WrongSettings, match=message):
        registry.settings(Kind.BOARD, "sim", given, "evse.1")


def test_a_driver_without_settings_takes_none() -> None:
    with pytest.raises(WrongSettings, match=r"mains\.bus: unknown here; known are no keys"):
        registry.open_meter("pushed", {"bus": "rs485"}, context())


def test_right_settings_touch_nothing() -> None:
    assert registry.settings(Kind.BOARD, "sim", {"connectors": 2}).model_dump()["connectors"] == 2


def test_the_world_has_settings_too() -> None:
    with pytest.raises(WrongSettings, match=r"simulator\.moon: unknown here"):
        registry.open_simulator({"moon": 1}, lambda: 0.0, {}, lambda registers: None)


def test_simulated_hardware_needs_the_simulated_world() -> None:
    with pytest.raises(TypeError, match="evse/1"):
        registry.open_board("sim", {}, context("evse/1"))


def test_a_driver_is_imported_only_when_it_is_named() -> None:
    code = (
        f"import sys; from hardware import registry; KNOWN = {OURS}; "
        "assert registry.names(registry.Kind.METER) == KNOWN; "
        "print(sorted(m for m in sys.modules if m.startswith(('hardware.sim', 'hardware.dr'))))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout == "[]\n"


def test_a_pushed_meter_can_be_told_from_the_others() -> None:
    assert isinstance(registry.open_meter("pushed", {}, context()).driver, Pushable)


async def test_a_driver_of_ours_is_a_row(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.syspath_prepend(str(EXAMPLES))
    monkeypatch.setitem(registry.OURS[Kind.METER], "acme_pulse", "add_a_driver")
    file = tmp_path / "mains"
    meter = registry.open_meter("acme_pulse", {"path": str(file)}, context())

    for text in ("1.5 -2", "", "a b c"):
        file.write_text(text)
        with pytest.raises(BusError, match="mains"):
            await meter.read()
    file.write_text("1.5 -2 30\n")
    assert (await meter.read()).currents_a == (1.5, -2.0, 30.0)


# --- strangers -----------------------------------------------------------------------------


async def test_a_strangers_driver_is_found_by_its_name(
    install: Callable[..., None], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.syspath_prepend(str(EXAMPLES))
    install("chargepoint.meters", "acme_pulse", "add_a_driver")
    file = tmp_path / "mains"
    assert registry.names(Kind.METER) == ("acme_pulse", *OURS)

    meter = registry.open_meter("acme_pulse", {"path": str(file)}, context())
    with pytest.raises(BusError, match="mains"):
        await meter.read()
    file.write_text("1.5 -2 30\n")
    assert (await meter.read()).currents_a == (1.5, -2.0, 30.0)
    assert (await meter.read()).at_s == 5.0
    file.write_text("1.5 nan 30\n")
    with pytest.raises(BusError, match="cannot be true"):
        await meter.read()
    await meter.close()


def test_a_strangers_settings_are_checked_like_ours(
    install: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(EXAMPLES))
    install("chargepoint.meters", "acme_pulse", "add_a_driver")

    with pytest.raises(WrongSettings, match=r"mains\.path: Field required"):
        registry.open_meter("acme_pulse", {}, context())


def test_a_strangers_driver_that_cannot_be_loaded_says_why(install: Callable[..., None]) -> None:
    install("chargepoint.boards", "acme_box", "no_such_module")

    with pytest.raises(UnknownDriver, match=r"'acme_box' \(no_such_module\) cannot be loaded"):
        registry.settings(Kind.BOARD, "acme_box", {})


def test_nobody_takes_the_name_of_a_driver_of_ours(install: Callable[..., None]) -> None:
    install("chargepoint.meters", "pushed", "no_such_module")

    assert isinstance(registry.open_meter("pushed", {}, context()).driver, Pushable)
