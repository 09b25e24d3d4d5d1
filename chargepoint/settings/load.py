"""Read the configuration; refuse it with every mistake at once."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from chargepoint.errors import SettingsError
from chargepoint.settings.checks import all_mistakes
from chargepoint.settings.mistakes import Mistake, Place, in_lines, of_error
from chargepoint.settings.model import Settings
from chargepoint.settings.sources import (
    Layer,
    from_environment,
    from_file,
    from_overrides,
    from_secrets,
    merged,
)

CONTAINER_SECRETS = Path("/run/secrets")


def load(
    path: Path | None = None,
    overrides: Sequence[str] = (),
    secret_folders: Sequence[Path] | None = None,
    below: Mapping[str, Any] | None = None,
) -> Settings:
    """Return the settings: *overrides* over environment over secrets over the file at *path*.

    Without a file the defaults hold. *secret_folders* None is where systemd and containers
    put them. *below* are defaults of the caller's own, below all of these.
    Raises SettingsError with one line for every mistake.
    """
    folders = _secret_folders() if secret_folders is None else secret_folders
    layers = [from_overrides(overrides), from_environment(), from_secrets(folders)]
    if path is not None:
        layers.append(from_file(path))
    if below:
        layers.append(Layer("defaults", dict(below)))
    return of_layers(layers)


def of_layers(layers: Sequence[Layer]) -> Settings:
    """Return the settings that *layers* give together, the first one on top."""
    values: dict[str, Any] = {}
    for layer in reversed(layers):
        values = merged(values, layer.values)
    mistakes = [mistake for layer in layers for mistake in layer.mistakes]
    settings, wrong = _validated(values)
    mistakes += [_with_origin(mistake, layers) for mistake in wrong]
    taken = [mistake.place for mistake in wrong]
    mistakes += [
        _with_origin(mistake, layers)
        for mistake in all_mistakes(settings)
        if not _within(mistake.place, taken)
    ]
    if mistakes:
        raise SettingsError(in_lines(mistakes))
    return settings


def _secret_folders() -> list[Path]:
    systemd = os.environ.get("CREDENTIALS_DIRECTORY")
    return [CONTAINER_SECRETS, *([Path(systemd)] if systemd else [])]


def _validated(values: dict[str, Any]) -> tuple[Settings, list[Mistake]]:
    """Return settings without the values that are wrong, and what is wrong with those."""
    mistakes: list[Mistake] = []
    while True:
        try:
            return Settings.model_validate(values), mistakes
        except ValidationError as refused:
            errors = refused.errors()
            named = [mistake.place for mistake in mistakes]
            found = [of_error(error) for error in errors]
            mistakes += [one for one in found if not _within(one.place, named)]
            fewer = values
            for place in sorted({error["loc"] for error in errors}, key=_counting, reverse=True):
                fewer = _without(fewer, place)
            if fewer == values:
                raise
            values = fewer


def _counting(place: Place) -> tuple[str, ...]:
    """Sort places in lists by number, so that the last one is taken out first."""
    return tuple(f"{step:>9}" for step in place)


def _without(table: Any, place: Place) -> Any:
    """Return a copy of *table* without the deepest thing on the way to *place*."""
    if not place:
        return table
    step, *rest = place
    there = isinstance(step, int) and isinstance(table, list) and step < len(table)
    there = there or (isinstance(table, dict) and step in table)
    if not there:
        return table
    copy = table.copy()
    inner = _without(table[step], tuple(rest))
    if inner is table[step]:
        del copy[step]
    else:
        copy[step] = inner
    return copy


def _with_origin(mistake: Mistake, layers: Iterable[Layer]) -> Mistake:
    """Name the source that wrote what is wrong; nobody wrote a default."""
    for layer in layers:
        if layer.has(mistake.place):
            return replace(mistake, origin=layer.origin(mistake.place))
    return mistake


def _within(place: Place, others: Iterable[Place]) -> bool:
    return any(place[: len(other)] == other or other[: len(place)] == place for other in others)
