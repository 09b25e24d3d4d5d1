"""``@dataclass(frozen=True, slots=True)``, made in a quarter of the time.

The standard library writes six methods for each class as text and compiles them. A station
has two hundred classes of values, so that was a sixth of the time from the power cut to the
first BootNotification, and two megabytes. Here only ``__init__`` is written for each; what
is the same for all is there once. To type checkers it is the standard library's own.
"""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Callable
from dataclasses import MISSING, FrozenInstanceError, fields
from operator import attrgetter
from reprlib import recursive_repr
from typing import TYPE_CHECKING, Any, Literal, NoReturn

Decorator = Callable[[type], type]

NEW = object()  # the default of a field that each instance gets a new value for

if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass
else:

    def dataclass(*, slots: Literal[True], frozen: bool = False, eq: bool = True) -> Decorator:
        """Return what makes a class of values, as the standard library's does."""
        return lambda cls: _made(cls, frozen, eq)


def _made(cls: type, frozen: bool, eq: bool) -> type:
    made: type = dataclasses.dataclass(init=False, repr=False, eq=False, slots=True)(cls)
    methods = {"__init__": _init(made), "__repr__": _shown}
    if frozen:
        methods |= {"__setattr__": _assign, "__delattr__": _delete, "__reduce__": _reduced}
    if eq:
        methods |= _equality(made, frozen)
    for name, method in methods.items():
        if name not in vars(cls):
            setattr(made, name, method)
    return made


def _equality(made: type, frozen: bool) -> dict[str, Any]:
    """Return the methods that compare instances of *made* by their values."""
    values = _values_of(tuple(field.name for field in fields(made) if field.compare))

    def equal(self: Any, other: object) -> bool:
        return values(self) == values(other) if type(self) is type(other) else NotImplemented

    def hashed(self: Any) -> int:
        return hash(values(self))

    return {"__eq__": equal, "__hash__": hashed if frozen else None}


def _values_of(names: tuple[str, ...]) -> Callable[[Any], tuple[Any, ...]]:
    """Return what returns the values of *names* of an instance."""
    match names:
        case ():
            return lambda self: ()
        case (name,):
            return lambda self: (getattr(self, name),)
        case _:
            return attrgetter(*names)


def _init(made: type) -> Any:
    """Return ``__init__``, which alone puts values into the slots of *made*."""
    scope: dict[str, Any] = {"NEW": NEW}
    parameters, lines = [], []
    for field in fields(made):
        name, value, default = field.name, field.name, ""
        scope[f"set_{name}"] = getattr(made, name).__set__
        if field.default is not MISSING:
            scope[f"default_{name}"], default = field.default, f"=default_{name}"
        elif field.default_factory is not MISSING:
            scope[f"new_{name}"], default = field.default_factory, "=NEW"
            value = f"new_{name}() if {name} is NEW else {name}"
        parameters.append(name + default)
        lines.append(f"set_{name}(self, {value})")
    if hasattr(made, "__post_init__"):
        lines.append("self.__post_init__()")
    text = (
        f"def within({', '.join(scope)}):\n"
        f" def __init__(self, {', '.join(parameters)}):\n  "
        + ("\n  ".join(lines) or "pass")
        + "\n return __init__"
    )
    found: dict[str, Any] = {}
    exec(text, vars(sys.modules[made.__module__]), found)
    init = found["within"](**scope)
    init.__qualname__ = f"{made.__qualname__}.__init__"
    init.__annotations__ = {field.name: field.type for field in fields(made)} | {"return": None}
    return init


@recursive_repr()
def _shown(self: Any) -> str:
    named = (f"{field.name}={getattr(self, field.name)!r}" for field in fields(self) if field.repr)
    return f"{type(self).__qualname__}({', '.join(named)})"


def _assign(self: Any, name: str, value: object) -> NoReturn:
    raise FrozenInstanceError(f"cannot assign to field {name!r}")


def _delete(self: Any, name: str) -> NoReturn:
    raise FrozenInstanceError(f"cannot delete field {name!r}")


def _reduced(self: Any) -> tuple[type, tuple[Any, ...]]:
    """Copies and pickles are made anew, of the same values."""
    return type(self), tuple(getattr(self, field.name) for field in fields(self))
