"""The lock files: exact, hashed, the same everywhere, and without anybody's address."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LOCKS = ("requirements.lock", "requirements-build.lock", "requirements-dev.lock")
PIN = re.compile(r"^([a-z0-9][a-z0-9._-]*)==(\S+)(.*?)\\$", re.MULTILINE)


def pins(lock: str) -> dict[str, str]:
    """Return name -> version of one lock file."""
    return {name: version for name, version, _ in PIN.findall((ROOT / lock).read_text())}


@pytest.mark.parametrize("lock", LOCKS)
def test_every_requirement_has_a_hash(lock: str) -> None:
    requirements = re.split(r"(?m)^(?=[a-z0-9])", (ROOT / lock).read_text())[1:]
    assert len(requirements) == len(pins(lock))
    assert all("--hash=sha256:" in requirement for requirement in requirements)


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_no_address(lock: str) -> None:
    assert "://" not in (ROOT / lock).read_text()


def test_the_lock_of_the_independent_central_system_names_no_address() -> None:
    lock = json.loads((ROOT / "tests/interop/package-lock.json").read_text())
    packages = {name: package for name, package in lock["packages"].items() if name}
    assert packages
    assert all("resolved" not in package for package in packages.values())
    assert all(package["integrity"].startswith("sha512-") for package in packages.values())


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-build.lock"])
def test_developers_have_what_users_have(lock: str) -> None:
    assert pins(lock).items() <= pins("requirements-dev.lock").items()


@pytest.mark.parametrize(
    ("group", "lock"), [(None, "requirements.lock"), ("dev", "requirements-dev.lock")]
)
def test_everything_that_the_project_names_is_locked(group: str | None, lock: str) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = project["optional-dependencies"][group] if group else project["dependencies"]
    names = {re.split(r"[\[<>=!~; ]", want)[0].lower() for want in wanted}
    assert names <= set(pins(lock))
