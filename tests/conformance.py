"""Which rule of the standards has which test: collected from the markers, written as a page.

``pytest --collect-only --conformance=docs/conformance.md`` writes it (``make docs``). Of the
blocks of OCPP 2.0.1 that the station claims every rule that binds it is there: tested, not
applicable for a reason of ``docs/not_applicable.csv``, or OPEN. Which rules there are, and
whom they bind, is in ``rules201.csv`` beside this.
"""

from __future__ import annotations

import csv
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

Tests = Mapping[str, set[str]]  # of each rule
Blocks = Mapping[str, list[str]]  # their rules
Excuses = Sequence[tuple[str, str]]  # patterns of rules, and why they do not apply

RULES = Path(__file__).with_name("rules201.csv")
REASONS = Path(__file__).parents[1] / "docs" / "not_applicable.csv"
BINDING = ("station", "both")
CLAIMED = (*"ABCDEFGHJK", "L01", "L02", "M03", "M04", "M05", "P")

HEAD = """# Which rule has which test

Made by `make docs` from the `requirement` markers of the tests. Ids such as `B01.FR.02`
are those of OCPP 2.0.1 part 2, `1.6 5.8` is a section of OCPP 1.6 edition 2, `J` stands for
OCPP-J.

Of OCPP 2.0.1's functional blocks that this station claims, every rule that binds a charging
station is listed: with its tests, with the reason why it does not apply
([not_applicable.csv](not_applicable.csv)), or as OPEN.

| block | rules | tested | not applicable | open |
| --- | --: | --: | --: | --: |
"""
OPEN = "OPEN"
NOT_APPLICABLE = "*not applicable*: "

CHAPTERS: tuple[tuple[str, str], ...] = (
    (r"[A-P]\d\d\.FR\.", "OCPP 2.0.1 part 2, further rules"),
    (r"FR\.|TC_|errata|K ", "OCPP 2.0.1, other parts"),
    (r"1\.6|E3\.", "OCPP 1.6 and its errata"),
    (r"J", "OCPP-J"),
    (r"", "Other sources"),
)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--conformance", type=Path, help="write the page of rules and tests there")


def pytest_collection_finish(session: pytest.Session) -> None:
    target = session.config.getoption("--conformance")
    if target is None:
        return
    tests, blocks, excuses = tests_of(session.items), binding_rules(), reasons()
    if idle := idle_patterns(blocks, excuses):
        raise pytest.UsageError(f"{REASONS.name} excuses no rule by {', '.join(idle)}")
    target.write_text(page(tests, blocks, excuses), encoding="utf-8")


def tests_of(items: Iterable[pytest.Item]) -> dict[str, set[str]]:
    """Return the names of the tests of each rule."""
    tests: dict[str, set[str]] = defaultdict(set)
    for item in items:
        name = item.nodeid.split("[")[0].removeprefix("tests/")
        for marker in item.iter_markers("requirement"):
            for rule in marker.args:
                tests[rule].add(name)
    return tests


def binding_rules() -> Blocks:
    """Return the rules of each claimed block that bind a charging station."""
    blocks: dict[str, list[str]] = {block: [] for block in CLAIMED}
    with RULES.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            block = next((each for each in CLAIMED if row["use_case"].startswith(each)), None)
            if block is not None and row["binds"] in BINDING:
                blocks[block] += [f"{row['use_case']}.FR.{each}" for each in row["numbers"].split()]
    return {block: sorted(rules, key=_in_order) for block, rules in blocks.items()}


def reasons() -> Excuses:
    """Return the patterns of rules that do not apply, one each, with their reasons."""
    with REASONS.open(encoding="utf-8", newline="") as file:
        return [
            (pattern, row["reason"])
            for row in csv.DictReader(file)
            for pattern in row["rules"].split()
        ]


def idle_patterns(blocks: Blocks, excuses: Excuses) -> list[str]:
    """Return the patterns that excuse no rule, because they are misspelt."""
    rules = [rule for each in blocks.values() for rule in each]
    return [
        pattern for pattern, _ in excuses if not any(fnmatchcase(rule, pattern) for rule in rules)
    ]


def page(tests: Tests, blocks: Blocks, excuses: Excuses) -> str:
    """Return the page: the count, a chapter a block or document, a row a rule."""
    counted, chapters, listed = [], [], set()
    for block, rules in blocks.items():
        told = {rule: _how(rule, tests, excuses) for rule in rules}
        count = Counter(_kind(how) for how in told.values())
        numbers = (len(rules), *(count[kind] for kind in ("tested", NOT_APPLICABLE, OPEN)))
        counted.append(f"| {block} | {' | '.join(map(str, numbers))} |")
        chapters += _chapter(f"OCPP 2.0.1 block {block}", told)
        listed |= set(rules)
    rest: dict[str, dict[str, str]] = {title: {} for _, title in CHAPTERS}
    for rule in sorted(set(tests) - listed, key=_in_order):
        rest[_title(rule)][rule] = _how(rule, tests, excuses)
    for title, told in rest.items():
        chapters += _chapter(title, told) if told else []
    return HEAD + "\n".join([*counted, f"\n{len(tests)} rules have tests.\n", *chapters]) + "\n"


def _how(rule: str, tests: Tests, excuses: Excuses) -> str:
    if rule in tests:
        return "<br>".join(sorted(tests[rule]))
    why = next((reason for pattern, reason in excuses if fnmatchcase(rule, pattern)), None)
    return OPEN if why is None else f"{NOT_APPLICABLE}{why}"


def _kind(how: str) -> str:
    return next((kind for kind in (OPEN, NOT_APPLICABLE) if how.startswith(kind)), "tested")


def _chapter(title: str, told: Mapping[str, str]) -> list[str]:
    rows = [f"| {rule} | {how} |" for rule, how in told.items()]
    return [f"\n## {title}\n\n| rule | tests |\n| --- | --- |", *rows]


def _title(rule: str) -> str:
    return next(title for pattern, title in CHAPTERS if re.match(pattern, rule))


def _in_order(rule: str) -> list[tuple[int, str]]:
    """Return a key that sorts numbers as numbers: 5.9 before 5.16."""
    return [(int(part), "") if part.isdigit() else (0, part) for part in re.split(r"(\d+)", rule)]
