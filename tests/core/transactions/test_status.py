"""Is it over, and is all of it told? E14."""

from __future__ import annotations

import pytest
from core.driver import Driver

from chargepoint.core import messages as m


def status(driver, transaction_id=None):
    reply = driver.do(m.GetTransactionStatus(transaction_id))
    return reply.ongoing, reply.queued


def deliver(driver):
    for number, event in enumerate(driver.tx, 1):
        driver.do(m.EventDelivered(number, event))
    driver.tx.clear()


@pytest.mark.requirement("E14.FR.01", "E14.FR.06", "E14.FR.08")
def test_of_a_transaction_that_never_was_nothing_is_known(v201):
    assert status(v201) == (None, False)
    assert status(v201, "never") == (False, False)


@pytest.mark.requirement(*(f"E14.FR.0{number}" for number in (2, 3, 4, 5, 7)))
def test_a_transaction_goes_on_until_it_ends_and_waits_until_it_is_told(v201):
    v201.charge()
    ours = v201.tx[0].transaction_id
    assert status(v201, ours) == (True, True)
    assert status(v201) == (None, True)

    deliver(v201)
    assert status(v201, ours) == (True, False)

    v201.unplug()
    v201.run(10.0)
    assert status(v201, ours) == (False, True)
    deliver(v201)
    assert status(v201, ours) == (False, False)


@pytest.mark.requirement("E14.FR.05")
def test_what_was_given_up_waits_no_more(v201):
    v201.charge()
    for number, event in enumerate(v201.tx, 1):
        v201.do(m.EventGivenUp(number, event, "refused"))
    assert status(v201, v201.tx[0].transaction_id) == (True, False)


@pytest.mark.requirement("E14.FR.04")
def test_what_waited_before_the_power_cut_still_waits(v201):
    memory = {**v201.memory, "queued": {"tx-of-yesterday": 2}}
    again = Driver("2.0.1", memory=memory)
    assert status(again, "tx-of-yesterday") == (False, True)
