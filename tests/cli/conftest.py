"""The command line run in this process, with a clean environment."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import ModuleType

import pytest

from chargepoint import cli


@dataclass(frozen=True)
class Left:
    """How a command left."""

    code: int
    out: str
    err: str


@pytest.fixture(autouse=True)
def no_environment(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in os.environ:
        if name.startswith("CHARGEPOINT_") or name == "CREDENTIALS_DIRECTORY":
            monkeypatch.delenv(name)
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    return


@pytest.fixture
def chargepoint(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., Left]:
    """Run ``chargepoint ARGS...`` to its end."""

    def chargepoint(*args: str) -> Left:
        monkeypatch.setattr(sys, "argv", ["chargepoint", *args])
        with pytest.raises(SystemExit) as left:
            cli.main()
        said = capsys.readouterr()
        return Left(int(left.value.code or 0), said.out, said.err)

    return chargepoint


@pytest.fixture
def stand_in(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Put a module with one function in place of a real one."""

    def stand_in(name: str, function: Callable[..., int]) -> None:
        module = ModuleType(name)
        vars(module)["run"] = function
        parent, _, last = name.rpartition(".")
        monkeypatch.setitem(sys.modules, name, module)
        monkeypatch.setattr(sys.modules[parent], last, module, raising=False)

    return stand_in
