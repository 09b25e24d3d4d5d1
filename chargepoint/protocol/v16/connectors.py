"""Where 1.6's connectors are in our station. Pure.

A connector of 1.6 is "an independently operated and managed electrical outlet", which may
have several sockets or cables of which one serves at a time (section 2.2): that is our
EVSE. So connectorId n is EVSE n, and 0 is the station (section 3.8); its plugs have no
numbers of their own.
"""

from __future__ import annotations

STATION = 0
FIRST_PLUG = 1


def evse_of(connector_id: int) -> int:
    """Return our EVSE, 0 for the station; a number that does not exist stays one."""
    return connector_id


def plug_of(connector_id: int) -> int | None:
    """Return the plug that stands for the connector, None for the station."""
    return None if connector_id == STATION else FIRST_PLUG


def connector_of(evse_id: int) -> int:
    """Return the connectorId of our EVSE."""
    return evse_id
