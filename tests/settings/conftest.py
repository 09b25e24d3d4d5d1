"""A clean environment, and files to read settings from."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest
from pydantic import ConfigDict, create_model

from chargepoint.errors import SettingsError
from chargepoint.settings import Settings, load
from hardware.registry import OURS, Kind


@pytest.fixture(autouse=True)
def no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in os.environ:
        if name.startswith("CHARGEPOINT_") or name == "CREDENTIALS_DIRECTORY":
            monkeypatch.delenv(name)


@pytest.fixture
def acme(monkeypatch: pytest.MonkeyPatch) -> None:
    """A driver of boards and meters that takes anything."""
    module = ModuleType("acme_driver")
    vars(module)["Config"] = create_model("Config", __config__=ConfigDict(extra="allow"))
    monkeypatch.setitem(sys.modules, "acme_driver", module)
    for kind in Kind:
        monkeypatch.setitem(OURS[kind], "acme", "acme_driver")


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., Settings]:
    """Load a text as chargepoint.toml, with overrides."""

    def read(text: str, *overrides: str) -> Settings:
        path = tmp_path / "chargepoint.toml"
        path.write_text(text)
        return load(path, overrides, secret_folders=[])

    return read


@pytest.fixture
def refusal(read: Callable[..., Settings]) -> Callable[..., list[str]]:
    """Load a text that must be refused; the lines of the refusal without the file's name."""

    def refusal(text: str, *overrides: str) -> list[str]:
        with pytest.raises(SettingsError) as refused:
            read(text, *overrides)
        lines = str(refused.value).splitlines()
        return [line.replace(f" ({_file_of(line)})", "") for line in lines]

    return refusal


def _file_of(line: str) -> str:
    return line.partition(" (")[2].partition(")")[0]
