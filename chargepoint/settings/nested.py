"""Nested settings from the environment and from secret files, read by pydantic-settings.

Imported only where there is something to read: it costs a third of the time to start.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic_settings import BaseSettings, EnvSettingsSource, NestedSecretsSettingsSource
from pydantic_settings import SettingsError as SourceError

from chargepoint.settings.model import Settings

__all__ = ["SourceError", "environment", "secrets"]


class _Sources(  # type: ignore[misc]  # both have a model_config; pydantic merges them
    Settings, BaseSettings, case_sensitive=False, enable_decoding=False
):
    """Lets pydantic-settings see the fields; nobody makes one."""


def environment(prefix: str, between: str) -> dict[str, Any]:
    """Return what variables called *prefix* SECTION *between* KEY say."""
    return EnvSettingsSource(_Sources, env_prefix=prefix, env_nested_delimiter=between)()


def secrets(folders: Sequence[Path], between: str) -> dict[str, Any]:
    """Return what files called section *between* key say; raise OSError, UnicodeDecodeError
    or SourceError when one cannot be read.
    """
    source = NestedSecretsSettingsSource(
        _Sources,  # type: ignore[arg-type]  # documented to take the class as well
        secrets_dir=list(folders),
        secrets_dir_missing="ok",
        secrets_prefix="",
        secrets_nested_delimiter=between,
    )
    return source()
