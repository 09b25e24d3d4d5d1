"""Where settings are written: --set, the environment, secret files, the TOML file.

Each source gives a layer of nested tables; the first that has a value wins.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from chargepoint.core.values import dataclass
from chargepoint.settings.mistakes import CLOSE, Mistake, Place, meant_by
from chargepoint.settings.model import Settings
from chargepoint.settings.schema import ANY, Key, known
from chargepoint.settings.values import from_text

PREFIX = "CHARGEPOINT_"
BETWEEN = "__"

PATHS: tuple[tuple[str, str], ...] = (
    ("agent", "data_dir"),
    ("tls", "csms_root_ca"),
    ("tls", "manufacturer_root_ca"),
    ("tls", "v2g_root_ca"),
    ("tls", "mo_root_ca"),
    ("tls", "client_cert"),
    ("tls", "client_key"),
    ("transfers", "host_keys"),
    ("firmware", "version_file"),
)


@dataclass(frozen=True, slots=True)
class Layer:
    """What one source says, and what it says wrongly."""

    name: str
    values: dict[str, Any] = field(default_factory=dict)
    mistakes: tuple[Mistake, ...] = ()
    prefix: str = ""

    def origin(self, place: Place) -> str:
        """Return where people look for what stands at *place*."""
        if not self.prefix:
            return self.name
        steps = [str(step) for step in place if not isinstance(step, int)]
        return f"{self.name} {self.prefix}{BETWEEN.join(steps).upper()}"

    def has(self, place: Place) -> bool:
        """Return whether this layer says anything at *place*, or above it."""
        value: Any = self.values
        for step in place:
            if isinstance(value, Mapping):
                key = _spelled(value, str(step))
                if key not in value:
                    return False
                value = value[key]
            else:
                return True
        return True


def from_file(path: Path) -> Layer:
    """Return what the TOML file at *path* says; a file that cannot be read is a mistake."""
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        return Layer(str(path), {}, (Mistake((str(path),), f"not TOML: {error}"),))
    except UnicodeDecodeError as error:
        return Layer(str(path), {}, (Mistake((str(path),), f"not UTF-8 text: {error.reason}"),))
    except OSError as error:
        return Layer(str(path), {}, (Mistake((str(path),), f"cannot be read: {error.strerror}"),))
    return Layer(str(path), _absolute(values, path.absolute().parent))


def from_environment() -> Layer:
    """Return what ``CHARGEPOINT_SECTION__KEY`` variables say.

    Lists and tables are JSON or TOML values, or words with commas between them.
    """
    if not any(name.upper().startswith(PREFIX) for name in os.environ):
        return Layer("environment", prefix=PREFIX)
    from chargepoint.settings import nested

    told = nested.environment(PREFIX, BETWEEN)
    values = {section: _decoded(section, value) for section, value in told.items()}
    mistakes = tuple(_unknown_names(name for name in os.environ if name.startswith(PREFIX)))
    return Layer("environment", _absolute(values, Path.cwd()), mistakes, PREFIX)


def from_secrets(folders: Iterable[Path]) -> Layer:
    """Return what files called ``section__key`` say; other names there are other programs'."""
    folders = [folder for folder in folders if folder.exists()]
    if not folders:
        return Layer("secret files")
    from chargepoint.settings import nested

    try:
        values = nested.secrets(folders, BETWEEN)
    except (OSError, UnicodeDecodeError, nested.SourceError) as error:
        return Layer("secret files", {}, (Mistake(("secret files",), f"cannot be read: {error}"),))
    return Layer("secret files", _absolute(values, Path.cwd()))


def from_overrides(assignments: Iterable[str]) -> Layer:
    """Return what ``key.of.setting=value`` texts say; a later one wins."""
    values: dict[str, Any] = {}
    mistakes = []
    for assignment in assignments:
        key, equals, text = assignment.partition("=")
        steps = [step.strip() for step in key.split(".")]
        if not equals or not all(steps):
            mistakes.append(Mistake(("--set",), f"{key!r}: write it as limits.mains_a=20"))
            continue
        value: Any = _decoded(steps[0], text) if len(steps) == 1 else text
        for step in reversed(steps):
            value = {step: value}
        values = merged(values, value)
    return Layer("--set", _absolute(values, Path.cwd()), tuple(mistakes))


def merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Return *below* with the values of *above* put over it, table by table.

    Names are the same whatever their case: the environment has only one.
    """
    result = dict(below)
    for name, value in above.items():
        key = _spelled(result, name)
        inner = result.get(key)
        if isinstance(inner, Mapping) and isinstance(value, Mapping):
            value = merged(inner, value)
        result[key] = value
    return result


def _spelled(table: Mapping[str, Any], name: str) -> str:
    """Return *name* the way *table* spells it."""
    if name in table:
        return name
    return next((key for key in table if key.casefold() == name.casefold()), name)


def _decoded(section: str, value: object) -> object:
    """Return the table that a text for a whole section stands for."""
    return from_text(value) if isinstance(value, str) and value.lstrip()[:1] in "[{" else value


def _absolute(values: dict[str, Any], base: Path) -> dict[str, Any]:
    """Return *values* with paths counted from *base*, the folder where they were written."""
    for section, key in PATHS:
        table = values.get(section)
        if isinstance(table, Mapping) and key in table:
            values = merged(values, {section: {key: _from_base(table[key], base)}})
    return values


def _from_base(value: object, base: Path) -> object:
    if isinstance(value, list):
        return [_from_base(one, base) for one in value]
    if not isinstance(value, str) or not value or value.lstrip()[:1] in "[-":
        return value
    return str(base / Path(value).expanduser())


def _unknown_names(names: Iterable[str]) -> Iterator[Mistake]:
    """Find the variables that no section claims; nested names are the models' to refuse."""
    sections = list(Settings.model_fields)
    for name in names:
        section, between, rest = name.removeprefix(PREFIX).lower().partition(BETWEEN)
        if section in sections:
            continue
        close = get_close_matches(section, sections, n=1, cutoff=CLOSE)
        meant = (*close, *filter(None, [rest])) if close else _by_words(section + between + rest)
        hint = f"sections are {', '.join(sections)}"
        if meant:
            hint = f"did you mean {PREFIX}{BETWEEN.join(meant).upper()}?"
        yield Mistake((name,), f"unknown environment name; {hint}")


def _by_words(name: str) -> Key | None:
    """Return the setting that *name* spells without its section, or with one underscore."""
    spelled = {"_".join(key): key for key in known() if ANY not in key}
    return spelled.get(name) or meant_by((name,))
