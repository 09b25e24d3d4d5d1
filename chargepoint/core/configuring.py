"""Orders that change the configuration, and what follows from some of them at once.

1.6 section 5.3, 2.0.1 B05; A01 and A05 of both.
"""

from __future__ import annotations

from chargepoint.core.common import Common
from chargepoint.core.messages import (
    ChangeKey,
    Outcome,
    Reconnect,
    Reply,
    SetVariable,
)
from chargepoint.core.security_log import SecurityLog
from chargepoint.core.security_profile import SecurityProfile

CREDENTIALS = frozenset({"authorizationkey", "basicauthpassword"})


class Configuring:
    """Gives the order to the table of variables, or to whoever has rules of his own."""

    def __init__(
        self, common: Common, security_profile: SecurityProfile, security_log: SecurityLog
    ) -> None:
        self._common = common
        self._security_profile = security_profile
        self._security_log = security_log

    def key(self, command: ChangeKey) -> Reply:
        """Change a key of 1.6; the security profile can only be raised (A05)."""
        if command.key.casefold() == "securityprofile":
            return self._security_profile.raise_to(command.value)
        return self._followed(self._common.variables.change_key(command), command.key)

    def variable(self, command: SetVariable) -> Reply:
        """Change a variable of 2.0.1."""
        return self._followed(self._common.variables.set(command), command.ref.variable)

    def _followed(self, reply: Reply, name: str) -> Reply:
        """Dial again with new credentials (A01), and put them into the security log."""
        if reply.outcome is Outcome.ACCEPTED and name.casefold() in CREDENTIALS:
            self._security_log.reconfigured(reply, name)
            self._common.turn.do(Reconnect())
        return reply
