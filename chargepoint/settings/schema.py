"""What settings there are: one walk through the models, for messages and the example file."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from chargepoint.core.values import dataclass
from chargepoint.settings.model import Settings

ANY = "*"  # in a key: any name of a table, any place in a list

Key = tuple[str, ...]

NO_MATTER = 1_000_000  # a greatest number, and
LONG = 100  # a greatest length, that nobody needs to be told of

UNITS = {"_a_per_s": "A/s", "_a": "A", "_s": "s", "_v": "V", "_w": "W"}


@dataclass(frozen=True, slots=True)
class Known:
    """One setting or table. *shape* is "value", "table", "list" (of tables) or "names".

    *default* is in the words of JSON, None where it is left out.
    """

    key: Key
    text: str
    shape: str
    default: Any
    required: bool
    allowed: str
    secret: bool


@cache
def known() -> dict[Key, Known]:
    """Return every setting and table by its key, in the order of the models."""
    schema = Settings.model_json_schema()
    return {one.key: one for one in _walk((), schema, schema.get("$defs", {}))}


def known_at(key: Key) -> Known | None:
    """Return what stands at *key*, whose names and places in lists are real ones."""
    for one in known().values():
        if len(one.key) == len(key) and all(
            pattern in (ANY, part) for pattern, part in zip(one.key, key, strict=True)
        ):
            return one
    return None


def _walk(prefix: Key, table: dict[str, Any], shared: dict[str, Any]) -> Iterator[Known]:
    for name, entry in table.get("properties", {}).items():
        required = name in table.get("required", [])
        yield from _one((*prefix, name), entry, required, shared)


def _one(
    key: Key, entry: dict[str, Any], required: bool, shared: dict[str, Any]
) -> Iterator[Known]:
    plain = _plain(entry, shared)
    inner, shape, step = _inner(plain, shared)
    yield Known(
        key=key,
        text=entry.get("description") or plain.get("description", ""),
        shape=shape,
        default=entry.get("default"),
        required=required,
        allowed=_allowed(key[-1], plain, shared),
        secret=plain.get("format") == "password",
    )
    if "properties" in inner:
        yield from _walk((*key, *step), inner, shared)
    elif shape == "names":
        yield from _one((*key, *step), plain["additionalProperties"], False, shared)


def _plain(entry: dict[str, Any], shared: dict[str, Any]) -> dict[str, Any]:
    """Return *entry* without indirection and without the "or nothing" of optional ones."""
    if "$ref" in entry:
        return {**_plain(shared[entry["$ref"].rpartition("/")[2]], shared), **_words(entry)}
    for choice in entry.get("anyOf", []):
        if choice.get("type") != "null":
            return {**_plain(choice, shared), **_words(entry)}
    return entry


def _words(entry: dict[str, Any]) -> dict[str, Any]:
    return {name: entry[name] for name in ("allowed", "description") if name in entry}


def _inner(plain: dict[str, Any], shared: dict[str, Any]) -> tuple[dict[str, Any], str, Key]:
    """Return the table inside *plain*, what holds it, and the steps of the key to it."""
    if "properties" in plain:
        return plain, "table", ()
    items = _plain(plain.get("items", {}), shared)
    if "properties" in items:
        return items, "list", (ANY,)
    named = plain.get("additionalProperties")
    if isinstance(named, dict):
        return _plain(named, shared), "names", (ANY,)
    return {}, "value", ()


def _allowed(name: str, plain: dict[str, Any], shared: dict[str, Any]) -> str:
    """Return in words what may stand at a key called *name*."""
    if "allowed" in plain:
        return str(plain["allowed"])
    if "enum" in plain:
        return _choice(plain["enum"])
    match plain.get("type"):
        case "boolean":
            return "true or false"
        case "number" | "integer" as kind:
            return _number(name, kind, plain)
        case "string":
            return _text(plain)
        case "array":
            return _list(name, plain, shared)
        case _:
            return "a table"


def _choice(options: list[Any]) -> str:
    words = [f'"{option}"' if isinstance(option, str) else str(option) for option in options]
    return " or ".join((", ".join(words[:-1]), words[-1])) if len(words) > 1 else words[0]


def _number(name: str, kind: str, plain: dict[str, Any]) -> str:
    words = "a whole number" if kind == "integer" else "a number"
    unit = next((f" {unit}" for end, unit in UNITS.items() if name.endswith(end)), "")
    low, above, high = (plain.get(bound) for bound in ("minimum", "exclusiveMinimum", "maximum"))
    least = f" above {above:.12g}" if above is not None else f" from {low:.12g}"
    most = f" to {high:.12g}" if high is not None and high < NO_MATTER else ""
    return f"{words}{least}{most}{unit}"


def _text(plain: dict[str, Any]) -> str:
    low, high = plain.get("minLength", 0), plain.get("maxLength")
    if low and high:
        return f"a text of {low} to {high} characters"
    return f"a text of at most {high} characters" if high and high < LONG else "a text"


def _list(name: str, plain: dict[str, Any], shared: dict[str, Any]) -> str:
    items = _plain(plain.get("items", {}), shared)
    inside = "tables" if "properties" in items else _allowed(name, items, shared)
    return f"a list of {inside}" if inside == "tables" else f"a list with {inside}"
