"""Settings that people write, checked against a model; every mistake is named by its key."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails

from hardware.api import WrongSettings


class Settings(BaseModel):
    """The base of every driver's ``Config``: unknown keys and infinite numbers are mistakes."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


Model = TypeVar("Model", bound=BaseModel)


def checked(model: type[Model], given: Mapping[str, object], where: str = "") -> Model:
    """Return *given* as *model*; raise WrongSettings with every key that is wrong.

    *where* is put before the keys: ``meters.mains.device_id``.
    """
    try:
        return model.model_validate(given)
    except ValidationError as error:
        mistakes = (_mistake(model, detail, where) for detail in error.errors())
        raise WrongSettings("; ".join(mistakes)) from None


def _mistake(model: type[BaseModel], detail: ErrorDetails, where: str) -> str:
    key = ".".join(str(part) for part in (*filter(None, [where]), *detail["loc"]))
    if detail["type"] == "extra_forbidden":
        return f"{key}: unknown here; known are {', '.join(model.model_fields) or 'no keys'}"
    if detail["type"] == "missing":
        return f"{key}: {detail['msg']}"
    if detail["type"] == "value_error":
        return f"{key}: {detail['ctx']['error']}"
    return f"{key}: {detail['msg']}, not {detail['input']!r}"
