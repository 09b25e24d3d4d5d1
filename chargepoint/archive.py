"""What is sent when somebody far away asks: the diagnostics archive, and the security log.

Neither holds secrets or whole tokens: what the log masks is masked here as well, settings and
variables that name a secret have none, tokens are shortened by whoever shows them.
"""

from __future__ import annotations

import io
import json
import platform
import re
import sys
import tarfile
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from importlib.metadata import distributions
from pathlib import Path
from typing import Any

from chargepoint.core.messages import GetKeys, KeysReply, SecurityEvent
from chargepoint.core.snapshot import Snapshot
from chargepoint.core.station import Station
from chargepoint.front.shown import status_json
from chargepoint.logs import STAMP, names
from chargepoint.protocol.redact import MASK, redact_text
from chargepoint.settings.convert import program_version
from chargepoint.settings.model import Settings

SECRET = re.compile(
    "password|passphrase|secret|token|authorizationkey|idtag|pin$|_key$|apikey", re.IGNORECASE
)
NO_LIMIT = sys.maxsize


def texts(
    settings: Settings, snapshot: Snapshot, station: Station, stored: Mapping[str, Any]
) -> dict[str, str]:
    """Return the files of the archive that come from the running station, by name."""
    status = json.loads(status_json(snapshot, None))
    kept = station.variables.get_keys(GetKeys())
    keys = {key: value for key, _, value in kept.known} if isinstance(kept, KeysReply) else {}
    return {
        "status.json": pretty(status),
        "settings.json": pretty(masked(settings.model_dump(mode="json"))),
        "keys.json": pretty(masked(keys)),
        "store.json": pretty(stored),
        "security.log": security_lines(station.security_log.between()),
    }


def versions() -> dict[str, Any]:
    """Return what runs here."""
    packages = {each.metadata["Name"]: each.version for each in distributions()}
    return {
        "chargepoint-agent": program_version(),
        "python": platform.python_version(),
        "system": platform.platform(),
        "packages": dict(sorted(packages.items())),
    }


def masked(value: Any) -> Any:
    """Return *value* with everything masked that stands under a telling name, or beside one:
    ``{"variable": "BasicAuthPassword", "value": ...}``."""
    match value:
        case {"variable": str() as name, "value": _} if SECRET.search(name):
            return {**value, "value": MASK}
        case dict():
            return {
                name: MASK if inner and _is_text(inner) and SECRET.search(name) else masked(inner)
                for name, inner in value.items()
            }
        case list():
            return [masked(inner) for inner in value]
        case _:
            return value


def _is_text(value: Any) -> bool:
    return isinstance(value, str | list)


def pretty(value: Any) -> str:
    """Return *value* as JSON for people, without what looks like a secret."""
    return redact_text(json.dumps(value, indent=1, default=str), NO_LIMIT) + "\n"


def security_lines(events: Iterable[SecurityEvent]) -> str:
    """Return the security log: time, type and what else is known, a line each."""
    lines = (f"{_stamp(each.at)} {each.type} {each.tech_info}".rstrip() for each in events)
    return redact_text("".join(f"{line}\n" for line in lines), NO_LIMIT)


def write_text(to: Path, text: str) -> None:
    """Write *text* into the file *to*. Blocks; raises OSError."""
    to.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    to.write_text(text, "utf-8")


def write(
    to: Path,
    members: Mapping[str, str],
    logs: Path,
    oldest: datetime | None = None,
    latest: datetime | None = None,
) -> None:
    """Write the archive *to*: *members*, what runs here, and from the folder *logs* what was
    logged in that time. Blocks; raises OSError."""
    log = "".join(between(_lines(logs), oldest, latest))
    found = {"versions.json": pretty(versions()), "chargepoint.log": log}
    to.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tarfile.open(to, "w:gz") as archive:
        for name, text in {**members, **found}.items():
            member = tarfile.TarInfo(f"{to.name.partition('.')[0]}/{name}")
            content = text.encode()
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))


def between(
    lines: Iterable[str], oldest: datetime | None, latest: datetime | None
) -> Iterator[str]:
    """Yield the lines of that time. One without a time belongs to the one before it."""
    first = _stamp(oldest) if oldest else ""
    last = _stamp(latest) if latest else "~"
    wanted = oldest is None
    for line in lines:
        if STAMP.match(line):
            wanted = first <= line[:24] <= last
        if wanted:
            yield line


def _lines(logs: Path) -> Iterator[str]:
    for name in names():
        file = logs / name
        if file.exists():
            with file.open(encoding="utf-8", errors="replace") as lines:
                yield from lines


def _stamp(at: datetime) -> str:
    """Return a time as the log writes it."""
    return f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03d}Z"
