"""A clean environment, and files to read settings from."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from chargepoint.errors import SettingsError
from chargepoint.settings import Settings, load


@pytest.fixture(autouse=True)
def no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in os.environ:
        if name.startswith("CHARGEPOINT_") or name == "CREDENTIALS_DIRECTORY":
            monkeypatch.delenv(name)


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
