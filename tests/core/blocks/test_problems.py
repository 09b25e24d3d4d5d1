"""What is wrong is told once when it comes and once when it goes, and is a variable meanwhile."""

from __future__ import annotations

import pytest
from core.blocks.bench import Bench

from chargepoint.core import messages as m
from chargepoint.core.problems import COMPONENTS, LOCK, REST
from chargepoint.core.variable_rows import rows
from chargepoint.core.words import VariableRef
from hardware.api import Fault, FaultCode

JAMMED = Fault(FaultCode.CONNECTOR_LOCK_FAILURE, "Jammed", "it does not move")
HOT = Fault(FaultCode.HIGH_TEMPERATURE)
LOCK_PROBLEM = VariableRef(LOCK, "Problem", evse_id=1, connector_id=1)


def told(bench: Bench) -> list[tuple[str, bool]]:
    return [(each.ref.component, each.holds) for each in bench.heard(m.ProblemChanged)]


def value(bench: Bench, ref: VariableRef) -> str | None:
    reply = bench.do(m.GetVariable(ref))
    assert isinstance(reply, m.ValueReply)
    return reply.value


@pytest.mark.requirement("G05.FR.02")
def test_a_problem_is_told_when_it_comes_and_when_it_goes(bench201: Bench) -> None:
    bench201.plug()
    bench201.sense(faults=frozenset({JAMMED, HOT}))
    bench201.run(2)
    assert sorted(told(bench201)) == [(LOCK, True), (REST, True)]
    assert value(bench201, LOCK_PROBLEM) == "true"
    bench201.sense(faults=frozenset({HOT}))
    bench201.run(2)
    assert told(bench201)[2:] == [(LOCK, False)]
    assert value(bench201, LOCK_PROBLEM) == "false"
    ids = [each.id for each in bench201.heard(m.ProblemChanged)]
    assert len(set(ids)) == len(ids)


def test_what_came_and_went_offline_is_told_afterwards(bench201: Bench) -> None:
    bench201.sense(faults=frozenset({JAMMED, HOT}))
    bench201.run(1)
    bench201.link_down()
    bench201.sense(faults=frozenset({HOT}))
    bench201.run(1)
    bench201.said.clear()
    bench201.link_up()
    bench201.run(1)
    assert told(bench201) == [(LOCK, False), (REST, True)]


def test_an_evse_that_does_not_exist_has_no_problem(bench201: Bench) -> None:
    assert value(bench201, VariableRef(REST, "Problem", evse_id=7)) is None


def test_every_component_that_can_have_a_problem_is_in_the_device_model() -> None:
    listed = {row["component"] for row in rows() if row["variable"] == "Problem"}
    assert listed == {*COMPONENTS.values(), REST}
