from __future__ import annotations

import ast
from pathlib import Path

import pytest

import bench.minimal
from bench.measures import judged
from bench.table import Line, machine, percentile, table
from bench.ticking import Row


def test_a_table_has_even_columns_and_a_ratio_where_there_is_a_baseline() -> None:
    lines = [Line("start", "ms", 600.0, 300.0, "ratio 2"), Line("tick", "ms", 1.25, digits=2)]

    assert list(table(lines)) == [
        "|       | agent   | minimal client | ratio | aim     |",
        "| ----- | ------- | -------------- | ----- | ------- |",
        "| start | 600 ms  | 300 ms         | 2.0   | ratio 2 |",
        "| tick  | 1.25 ms |                |       |         |",
    ]


@pytest.mark.parametrize(("percent", "value"), [(50, 5.0), (99.9, 10.0), (10, 1.0), (0, 1.0)])
def test_a_percentile_is_one_of_the_values(percent: float, value: float) -> None:
    assert percentile([float(n) for n in range(10, 0, -1)], percent) == value


def test_the_machine_is_named() -> None:
    assert "cores, Python 3." in machine()


def test_an_overload_is_acted_on_when_the_duty_falls() -> None:
    rows: list[Row] = [(1.0, 0.001, 0.5), (1.1, 0.002, 0.5), (1.2, 0.001, 0.5), (1.3, 0.01, 0.2)]

    control = judged(rows, 1.05, 1.15)

    assert control.ticks_s == (0.002,)
    assert control.acted_ticks == 2
    assert control.acted_s == pytest.approx(0.16)


def test_the_baseline_borrows_nothing_of_ours() -> None:
    source = Path(bench.minimal.__file__).read_text(encoding="utf-8")
    imported = {
        name.split(".")[0]
        for node in ast.walk(ast.parse(source))
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    assert not imported & {"chargepoint", "hardware", "profiles", "bench"}
