"""Which rule of the standards has which test: collected from the markers, written as a page.

``pytest --collect-only --conformance=docs/conformance.md`` writes it (``make docs``).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

import pytest

HEAD = """# Which rule has which test

Made by `make docs` from the `requirement` markers of the tests. Ids such as `B01.FR.02`
are those of OCPP 2.0.1 part 2, `1.6 5.8` is a section of OCPP 1.6 edition 2, `J` stands for
OCPP-J. A rule that is not here has no test of its own yet.
"""

CHAPTERS: tuple[tuple[str, str], ...] = (
    (r"[A-P]\d\d\.FR\.", "OCPP 2.0.1 part 2"),
    (r"FR\.|TC_|errata|K ", "OCPP 2.0.1, other parts"),
    (r"1\.6|E3\.", "OCPP 1.6 and its errata"),
    (r"J", "OCPP-J"),
    (r"", "Other sources"),
)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--conformance", type=Path, help="write the page of rules and tests there")


def pytest_collection_finish(session: pytest.Session) -> None:
    target = session.config.getoption("--conformance")
    if target is not None:
        target.write_text(page(session.items), encoding="utf-8")


def page(items: Iterable[pytest.Item]) -> str:
    """Return the page: a chapter a document, a row a rule, its tests beside it."""
    tests: dict[str, set[str]] = defaultdict(set)
    for item in items:
        name = item.nodeid.split("[")[0].removeprefix("tests/")
        for marker in item.iter_markers("requirement"):
            for rule in marker.args:
                tests[rule].add(name)
    chapters: dict[str, list[str]] = {title: [] for _, title in CHAPTERS}
    for rule in sorted(tests, key=_in_order):
        chapters[_chapter(rule)].append(f"| {rule} | {'<br>'.join(sorted(tests[rule]))} |")
    parts = [HEAD, f"{len(tests)} rules.\n"]
    for title, rows in chapters.items():
        if rows:
            parts += [f"\n## {title}\n\n| rule | tests |\n| --- | --- |", *rows]
    return "\n".join(parts) + "\n"


def _chapter(rule: str) -> str:
    return next(title for pattern, title in CHAPTERS if re.match(pattern, rule))


def _in_order(rule: str) -> list[tuple[int, str]]:
    """Return a key that sorts numbers as numbers: 5.9 before 5.16."""
    return [(int(part), "") if part.isdigit() else (0, part) for part in re.split(r"(\d+)", rule)]
