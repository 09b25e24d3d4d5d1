"""What is shipped: one distribution, three packages, everything in them that they need."""

from __future__ import annotations

import re
import subprocess
import sys
import zipfile
from importlib.metadata import packages_distributions
from importlib.util import find_spec
from pathlib import Path, PurePosixPath

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("chargepoint", "hardware", "profiles")
SHIPPED_DATA = {".csv", ".css", ".html", ".js", ".json", ".sql", ".svg", ".typed"}


def tracked() -> list[Path]:
    """Return every file under version control."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True)
    files = [ROOT / name for name in listed.stdout.decode().split("\0") if name]
    return [file for file in files if file.is_file()]


@pytest.fixture(scope="module")
def wheel_names(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """Build the wheel as the container does and return the names of what is in it."""
    folder = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "wheel", "--quiet"]
    options = ["--no-deps", "--no-build-isolation", "--no-index", "--wheel-dir", str(folder)]
    subprocess.run([*pip, *options, str(ROOT)], check=True)
    (wheel,) = folder.glob("*.whl")
    return set(zipfile.ZipFile(wheel).namelist())


@pytest.mark.parametrize("package", PACKAGES)
def test_a_package_of_ours_belongs_to_our_distribution_alone(package: str) -> None:
    """Their names are common words: another distribution could lay its own over ours."""
    spec = find_spec(package)
    assert spec is not None
    assert spec.origin == str(ROOT / package / "__init__.py")
    assert set(packages_distributions().get(package, [])) <= {"chargepoint-agent"}


def test_the_wheel_holds_the_three_packages_and_nothing_else(wheel_names: set[str]) -> None:
    tops = {PurePosixPath(name).parts[0] for name in wheel_names}
    assert {top for top in tops if not top.endswith(".dist-info")} == set(PACKAGES)


@pytest.mark.parametrize("package", PACKAGES)
def test_a_package_says_that_it_is_typed(package: str, wheel_names: set[str]) -> None:
    assert f"{package}/py.typed" in wheel_names


def test_every_module_and_data_file_is_in_the_wheel(wheel_names: set[str]) -> None:
    names = {file.relative_to(ROOT) for file in tracked()}
    ours = {str(name) for name in names if name.parts[0] in PACKAGES}
    expected = {name for name in ours if Path(name).suffix in SHIPPED_DATA | {".py"}}
    assert expected <= wheel_names
    assert {".csv", ".html", ".sql"} <= {Path(name).suffix for name in ours}


def test_the_licence_is_shipped(wheel_names: set[str]) -> None:
    assert any(name.endswith("licenses/LICENSE") for name in wheel_names)


def test_no_file_names_a_path_of_somebodys_machine() -> None:
    path = re.compile(r"(?<![\w.~*}])/(?:root|work|Users|home/\w+)/")
    found = {
        str(file.relative_to(ROOT)): match.group()
        for file in tracked()
        if file.suffix not in {".png", ".lock"}
        and (match := path.search(file.read_text(encoding="utf-8")))
    }
    assert found == {}
