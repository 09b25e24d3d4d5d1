"""One session: from plug to unplug at one EVSE. A table, and nothing else.

    IDLE ----PLUG---> PLUGGED --AUTHORIZE--> ACTIVE --STOP--> STOPPED --UNPLUG--> IDLE
      \\--AUTHORIZE--> AUTHORIZED --PLUG--^     \\--DETACH--> DETACHED --PLUG--> ACTIVE

PLUGGED and STOPPED tell a car that waits for its driver from one that waits to be
fetched: OCPP 1.6 calls the one Preparing and the other Finishing (section 4.9). An
input that has no row changes nothing.
"""

from __future__ import annotations

from enum import StrEnum


class State(StrEnum):
    """Where a session is."""

    IDLE = "idle"  # no car, nobody authorized
    PLUGGED = "plugged"  # a car, nobody authorized
    AUTHORIZED = "authorized"  # somebody authorized, no car yet
    ACTIVE = "active"  # both: energy may flow
    STOPPED = "stopped"  # over, the cable is still in
    DETACHED = "detached"  # unplugged at the car's end only; goes on when it is back


class Input(StrEnum):
    """What moves a session."""

    PLUG = "plug"  # a car answers on the pilot
    UNPLUG = "unplug"  # no car, and no cable in the socket
    DETACH = "detach"  # no car, and the session shall wait for it
    AUTHORIZE = "authorize"
    STOP = "stop"  # the authorization ended, for whatever reason
    EXPIRE = "expire"  # nobody came in time (EVConnectionTimeOut, 1.6 ConnectionTimeOut)


TRANSITIONS: dict[State, dict[Input, State]] = {
    State.IDLE: {
        Input.PLUG: State.PLUGGED,
        Input.AUTHORIZE: State.AUTHORIZED,
    },
    State.PLUGGED: {
        Input.AUTHORIZE: State.ACTIVE,
        Input.EXPIRE: State.STOPPED,
        Input.UNPLUG: State.IDLE,
    },
    State.AUTHORIZED: {
        Input.PLUG: State.ACTIVE,
        Input.STOP: State.IDLE,
        Input.EXPIRE: State.IDLE,
    },
    State.ACTIVE: {
        Input.STOP: State.STOPPED,
        Input.DETACH: State.DETACHED,
        Input.UNPLUG: State.IDLE,
    },
    State.STOPPED: {
        Input.AUTHORIZE: State.ACTIVE,
        Input.UNPLUG: State.IDLE,
    },
    State.DETACHED: {
        Input.PLUG: State.ACTIVE,
        Input.STOP: State.STOPPED,
        Input.UNPLUG: State.IDLE,
    },
}

AUTHORIZED_STATES = frozenset({State.AUTHORIZED, State.ACTIVE, State.DETACHED})


def after(state: State, what: Input) -> State:
    """Return the state that *what* leads to; the same one where the table has no row."""
    return TRANSITIONS[state].get(what, state)
