"""A station whose central system moves."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from authority import Authority
from core.driver import Driver

from chargepoint.core import messages as m
from chargepoint.core.network_profile import NetworkProfile
from chargepoint.core.snapshot import OcppShown
from chargepoint.core.words import Registration, VariableRef
from chargepoint.security.keys import new_key_pair

OLD, NEW = "ws://old.example/ocpp", "ws://new.example/ocpp"
COMM, PRIORITY = "OCPPCommCtrlr", "NetworkConfigurationPriority"


class Moving(Driver):
    """Driven by what a link would say: attempts that fail, connections that stand."""

    def profile(self, slot: int = 2, url: str = NEW, level: int = 1, **more: object) -> m.Reply:
        timeout_s = more.pop("timeout_s", 30)
        command = m.SetNetworkProfile(slot, NetworkProfile(url, level, timeout_s), **more)
        return self.do(command)

    def prefer(self, slots: str) -> m.Reply:
        return self.do(m.SetVariable(VariableRef(COMM, PRIORITY), slots))

    def value(self, component: str, variable: str, instance: str | None = None) -> str:
        reply = self.do(m.GetVariable(VariableRef(component, variable, instance=instance)))
        assert reply.outcome is m.Outcome.ACCEPTED
        return reply.value

    @property
    def boots(self) -> int:
        """Return how often it told of a boot."""
        return sum(isinstance(event, m.Boot) for event in self.live)

    @property
    def shown_link(self) -> OcppShown:
        return self.station.snapshot(0, self.url, None, self.now).ocpp

    def fails(self, times: int = 1) -> None:
        for _ in range(times):
            self.do(m.DialFailed())

    def connects(self) -> None:
        """Connect to a central system that answers: with an acceptance, if it is asked."""
        self.do(m.LinkUp(self.dialect))
        if not self.station.online:
            self.do(m.BootAnswered(Registration.ACCEPTED, 300, self.now.utc))

    def connects_in_vain(self) -> None:
        """Connect to one that hangs up without a word."""
        self.do(m.LinkUp(self.dialect))
        self.drops()

    def drops(self) -> None:
        self.do(m.LinkDown("cut"))

    @property
    def slot(self) -> int:
        return self.station.network.way.slot

    @property
    def url(self) -> str:
        return self.station.network.way.profile.url

    def tried(self, times: int) -> list[int]:
        """Return the slots that the next *times* failing attempts go to."""
        slots = []
        for _ in range(times):
            slots.append(self.slot)
            self.fails()
        return slots

    def restarted(self, **config: object) -> Moving:
        given = {"central_url": OLD, "security_profile": 1}
        return Moving("2.0.1", memory=self.memory, **(given | config))


@pytest.fixture(scope="session")
def root() -> Authority:
    return Authority("Root 1")


@pytest.fixture(scope="session")
def key_pair():
    return new_key_pair("CP001", "Operator")


@pytest.fixture
def station() -> Moving:
    """Connected to [csms] with security profile 1; two attempts for each profile."""
    driver = Moving("2.0.1", central_url=OLD, security_profile=1).online()
    driver.do(m.SetVariable(VariableRef("SecurityCtrlr", "BasicAuthPassword"), "a-good_Password1"))
    attempts = VariableRef(COMM, "NetworkProfileConnectionAttempts")
    driver.do(m.SetVariable(attempts, "2"))
    return driver


@pytest.fixture
def moved(station: Moving) -> Callable[[str], Moving]:
    """Return the station after a restart, with slot 2 filled and this order."""

    def moved(order: str) -> Moving:
        station.profile(2)
        station.prefer(order)
        return station.restarted()

    return moved
