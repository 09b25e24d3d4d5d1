"""Which rule of the standards has which test: collected from the markers, written as a page.

``pytest --collect-only --conformance=docs/conformance.md`` writes it (``make docs``). Of the
blocks of OCPP 2.0.1 that the station claims every rule that binds it is there, and every case
of part 6 that tests a charging station: tested, not applicable for a reason of
``docs/not_applicable.csv``, or OPEN. Which rules there are, and whom they bind, is in
``rules201.csv`` beside this; which cases there are in ``cases201.csv``. A parameter's id may
name the case that it is.
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
CASES = Path(__file__).with_name("cases201.csv")
REASONS = Path(__file__).parents[1] / "docs" / "not_applicable.csv"
BINDING = ("station", "both")
CASE = re.compile(r"TC_[A-P]_\d\d_CS")
CLAIMED = (*"ABCDEFGHJK", "L01", "L02", "M03", "M04", "M05", "P")

HEAD = """# Which rule has which test

Made by `make docs` from the `requirement` markers of the tests. Ids such as `B01.FR.02`
are those of OCPP 2.0.1 part 2, `1.6 5.8` is a section of OCPP 1.6 edition 2, `J` stands for
OCPP-J.

Of OCPP 2.0.1's functional blocks that this station claims, every rule that binds a charging
station is listed: with its tests, with the reason why it does not apply
([not_applicable.csv](not_applicable.csv)), or as OPEN. So is every case for a charging station
of these blocks in part 6, its test cases.
"""
COUNTED = """
| block | {} | tested | not applicable | open |
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
    tests, blocks, cases = tests_of(session.items), binding_rules(), station_cases()
    excuses = reasons()
    if idle := idle_patterns([*blocks.values(), *cases.values()], excuses):
        raise pytest.UsageError(f"{REASONS.name} excuses no rule by {', '.join(idle)}")
    target.write_text(page(tests, blocks, cases, excuses), encoding="utf-8")


def tests_of(items: Iterable[pytest.Item]) -> dict[str, set[str]]:
    """Return the names of the tests of each rule and case."""
    tests: dict[str, set[str]] = defaultdict(set)
    for item in items:
        name = item.nodeid.split("[")[0].removeprefix("tests/")
        for marker in item.iter_markers("requirement"):
            for rule in marker.args:
                tests[rule].add(name)
        for case in CASE.findall(item.nodeid):
            tests[case].add(name)
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


def station_cases() -> Blocks:
    """Return the cases of part 6 for a charging station, block by block."""
    with CASES.open(encoding="utf-8", newline="") as file:
        return {
            row["block"]: [f"TC_{row['block']}_{number}_CS" for number in row["numbers"].split()]
            for row in csv.DictReader(file)
        }


def reasons() -> Excuses:
    """Return the patterns of rules that do not apply, one each, with their reasons."""
    with REASONS.open(encoding="utf-8", newline="") as file:
        return [
            (pattern, row["reason"])
            for row in csv.DictReader(file)
            for pattern in row["rules"].split()
        ]


def idle_patterns(groups: Iterable[Sequence[str]], excuses: Excuses) -> list[str]:
    """Return the patterns that excuse no rule of any group, because they are misspelt."""
    rules = [rule for each in groups for rule in each]
    return [
        pattern for pattern, _ in excuses if not any(fnmatchcase(rule, pattern) for rule in rules)
    ]


def page(tests: Tests, blocks: Blocks, cases: Blocks, excuses: Excuses) -> str:
    """Return the page: the counts, a chapter a block or document, a row a rule."""
    parts, chapters, listed = [HEAD], [], set()
    for kind, groups in (("rules", blocks), ("test cases", cases)):
        parts.append(COUNTED.format(kind))
        for block, rules in groups.items():
            told = {rule: _how(rule, tests, excuses) for rule in rules}
            parts.append(_counted(block, told.values()))
            chapters += _chapter(f"OCPP 2.0.1 block {block}, {kind}", told)
            listed |= set(rules)
    parts.append(f"\n{len(tests)} rules and cases have tests.\n\n")
    rest: dict[str, dict[str, str]] = {title: {} for _, title in CHAPTERS}
    for rule in sorted(set(tests) - listed, key=_in_order):
        rest[_title(rule)][rule] = _how(rule, tests, excuses)
    for title, told in rest.items():
        chapters += _chapter(title, told) if told else []
    return "".join(parts) + "\n".join(chapters) + "\n"


def _counted(block: str, told: Iterable[str]) -> str:
    kinds = [_kind(how) for how in told]
    count = Counter(kinds)
    numbers = (len(kinds), *(count[kind] for kind in ("tested", NOT_APPLICABLE, OPEN)))
    return f"| {block} | {' | '.join(map(str, numbers))} |\n"


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
