"""Draw docs/states.md from the tables that the program runs on: ``python tests/states.py``."""

from __future__ import annotations

from chargepoint.core.session import TRANSITIONS, State

HEAD = """# States of a session

Made by `make docs` from the table in `chargepoint/core/session.py`. An input that has no
arrow changes nothing.

```mermaid
stateDiagram-v2
    [*] --> idle"""


def page() -> str:
    """Return the page: one arrow a row of the table."""
    arrows = [
        f"    {state} --> {after}: {what}"
        for state, row in TRANSITIONS.items()
        for what, after in row.items()
    ]
    meanings = [
        "| state | a car is connected | somebody is authorized |",
        "| --- | --- | --- |",
        *(f"| {state} | {car} | {driver} |" for state, (car, driver) in MEANINGS.items()),
    ]
    return "\n".join([HEAD, *arrows, "```", "", *meanings, ""])


MEANINGS: dict[State, tuple[str, str]] = {
    State.IDLE: ("no", "no"),
    State.PLUGGED: ("yes", "no"),
    State.AUTHORIZED: ("not yet", "yes"),
    State.ACTIVE: ("yes", "yes"),
    State.STOPPED: ("yes, or its cable still is", "not any more"),
    State.DETACHED: ("not at its own end", "yes"),
}


if __name__ == "__main__":
    print(page(), end="")
