"""Random histories: whatever happens in whatever order, these things hold."""

from __future__ import annotations

from collections import defaultdict

from core.driver import ANNA, BERT, CARL, FAMILY, Driver
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from chargepoint.core import messages as m
from chargepoint.core.config import EvseConfig
from chargepoint.core.words import TokenStatus
from hardware.api import Fault, FaultCode, Pilot

GROUND = frozenset({Fault(FaultCode.GROUND_FAILURE)})
PLACES = st.sampled_from([1, 2])
TOKENS = st.sampled_from([ANNA, BERT, CARL])
POINTS = st.sets(
    st.sampled_from(["EVConnected", "Authorized", "PowerPathClosed", "EnergyTransfer"]), min_size=1
).map(lambda points: ",".join(sorted(points)))
STATUSES = st.sampled_from([TokenStatus.ACCEPTED, TokenStatus.ACCEPTED, TokenStatus.INVALID, None])
FLAGS = st.sampled_from(
    [
        ("TxCtrlr", "StopTxOnEVSideDisconnect"),
        ("TxCtrlr", "StopTxOnInvalidId"),
        ("OCPPCommCtrlr", "UnlockOnEVSideDisconnect"),
        ("AuthCtrlr", "Enabled"),
        ("AuthCtrlr", "LocalPreAuthorize"),
        ("AuthCtrlr", "OfflineTxForUnknownIdEnabled"),
    ]
)
SOCKET_AND_CABLE = (EvseConfig(1), EvseConfig(2, connector_lock=False))


class Histories(RuleBasedStateMachine):
    """One socket, one fixed cable, one reader for both."""

    version = "2.0.1"

    def __init__(self) -> None:
        super().__init__()
        self.driver = Driver(self.version, SOCKET_AND_CABLE).online()
        self.judged = 0
        self.starts = {"PowerPathClosed"}
        self.before_cut: list[m.TransactionEvent] = []

    # --- cars ---------------------------------------------------------------------------

    @rule(evse_id=PLACES, wants=st.booleans())
    def plug(self, evse_id: int, wants: bool) -> None:
        if self.driver.sensed[evse_id].pilot in (Pilot.A, Pilot.E):
            self.driver.plug(evse_id, wants)

    @rule(evse_id=PLACES, end=st.sampled_from(["both", "ev", "station"]))
    def unplug(self, evse_id: int, end: str) -> None:
        self.driver.unplug(evse_id, end)

    @rule(evse_id=PLACES, wants=st.booleans())
    def want(self, evse_id: int, wants: bool) -> None:
        self.driver.wants[evse_id] = wants

    @rule(evse_id=PLACES, faulty=st.booleans())
    def fault(self, evse_id: int, faulty: bool) -> None:
        self.driver.sense(evse_id, faults=GROUND if faulty else frozenset())

    @precondition(lambda self: self.driver.sensed[1].connected)
    @rule()
    def short_the_pilot(self) -> None:
        self.driver.sense(1, pilot=Pilot.E)

    @rule(evse_id=PLACES, welded=st.booleans())
    def weld(self, evse_id: int, welded: bool) -> None:
        self.driver.welded.discard(evse_id)
        if welded and self.driver.closed(evse_id):
            self.driver.welded.add(evse_id)

    # --- people -------------------------------------------------------------------------

    @rule(token=TOKENS, evse_ids=st.sampled_from([(), (1,), (2,), (2, 1)]))
    def card(self, token: m.Token, evse_ids: tuple[int, ...]) -> None:
        self.driver.card(token, *evse_ids)

    @rule(token=TOKENS, status=STATUSES, group=st.sampled_from([None, FAMILY]))
    def answer(self, token: m.Token, status: TokenStatus | None, group: m.Token | None) -> None:
        self.driver.answer(token, status, group)

    @rule(token=TOKENS, evse_id=st.sampled_from([None, 1, 2]))
    def remote_start(self, token: m.Token, evse_id: int | None) -> None:
        self.driver.remote(token, evse_id, remote_start_id=3)

    @rule(evse_id=PLACES)
    def remote_stop(self, evse_id: int) -> None:
        self.driver.stop_remotely(evse_id)

    @rule(evse_id=PLACES)
    def unlock(self, evse_id: int) -> None:
        self.driver.do(m.Unlock(evse_id))

    @rule(evse_id=PLACES, limit_a=st.sampled_from([None, 0.0, 5.0, 13.0]))
    def limit(self, evse_id: int, limit_a: float | None) -> None:
        self.driver.do(m.Override(limit_a, evse_id))

    # --- the world around ---------------------------------------------------------------

    @precondition(lambda self: self.driver.tx)
    @rule(status=STATUSES.filter(lambda status: status is not None))
    def verdict(self, status: TokenStatus) -> None:
        self.driver.verdict(status)

    @rule(up=st.booleans())
    def link(self, up: bool) -> None:
        if up:
            self.driver.online()
        else:
            self.driver.offline()

    @rule(works=st.booleans())
    def disk(self, works: bool) -> None:
        self.driver.disk_works = works
        self.driver.do(m.StoreWorks() if works else m.StoreFailed("full"))

    @rule(start=POINTS, stop=POINTS)
    def points(self, start: str, stop: str) -> None:
        self.starts |= set(start.split(","))
        self.driver.points(start, stop)

    @rule(flag=FLAGS, on=st.booleans())
    def flag(self, flag: tuple[str, str], on: bool) -> None:
        self.driver.set(*flag, str(on).lower())

    @rule(operative=st.booleans(), evse_id=st.sampled_from([0, 1, 2]))
    def available(self, operative: bool, evse_id: int) -> None:
        self.driver.do(m.ChangeAvailability(evse_id, None, operative))

    @rule(seconds=st.sampled_from([1, 5, 12, 70]))
    def wait(self, seconds: int) -> None:
        self.driver.run(seconds, 0.5)

    @rule()
    def cut_the_power(self) -> None:
        """What was not on disk has never been."""
        old = self.driver
        self.before_cut += old.saved
        self.driver = Driver(
            self.version, SOCKET_AND_CABLE, memory=old.memory, now=old.now.after(10.0)
        )
        self.driver.online()

    # --- what holds ---------------------------------------------------------------------

    @invariant()
    def a_contactor_closes_only_in_a_session_that_is_on_disk(self) -> None:
        for evse_id, done in self.driver.done.items():
            if self.driver.evse(evse_id).state != "active":
                continue  # what was told in the tick before the session ended is void
            if done.close_main and done.offer_a > 0.0 and not self.driver.closed(evse_id):
                assert str(evse_id) in self.driver.memory["session"]
                assert self.driver.memory["transaction"] or "EnergyTransfer" in self.starts

    @invariant()
    def events_are_numbered_and_in_order(self) -> None:
        told = defaultdict(list)
        for event in (*self.before_cut, *self.driver.tx):
            told[event.transaction_id].append(event)
        for events in told.values():
            assert [event.seq_no for event in events] == list(range(len(events)))
            phases = [event.phase.value for event in events]
            assert phases[0] == "Started"
            assert "Started" not in phases[1:]
            assert "Ended" not in phases[:-1]
            triggers = [event.trigger.value for event in events]
            assert triggers.count("RemoteStart") <= 1 + triggers.count("Authorized")

    @invariant()
    def registers_only_rise(self) -> None:
        told = defaultdict(list)
        for event in (*self.before_cut, *self.driver.tx):
            told[event.transaction_id].append(event.meter_wh)
        for registers_wh in told.values():
            assert registers_wh == sorted(registers_wh)

    @invariant()
    def what_nobody_holds_open_is_ending(self) -> None:
        for evse in (self.driver.evse(1), self.driver.evse(2)):
            held = evse.connected or evse.authorized or evse.ending is not None
            assert evse.transaction is None or held
            if evse.state == "active":
                assert evse.connected

    def teardown(self) -> None:
        """In the end everybody leaves, and so does every transaction."""
        for evse_id in (1, 2):
            self.driver.welded.discard(evse_id)
            self.driver.unplug(evse_id)
        self.driver.run(80.0, 0.5)
        for evse_id in (1, 2):
            evse = self.driver.evse(evse_id)
            assert (evse.transaction, evse.state) == (None, "idle")
        self.events_are_numbered_and_in_order()


class Histories16(Histories):
    """The same in 1.6."""

    version = "1.6"


SETTINGS = settings(
    max_examples=40,
    stateful_step_count=30,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
TestHistories = Histories.TestCase
TestHistories.settings = SETTINGS
TestHistories16 = Histories16.TestCase
TestHistories16.settings = SETTINGS
