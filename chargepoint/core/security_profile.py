"""Security profiles: which one is in force, and the way up to a better one; never down.

1.6 security extension A05: a profile that does not connect in time gives way to the one
before it; one that has connected stays (A05.FR.08, .09). 2.0.1 A05: the profile in force
is that of the last connection, made with one of the network profiles (core.network).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from chargepoint.core.common import Common
from chargepoint.core.messages import ACCEPTED, Outcome, Reconnect, Reply, SecurityEvent
from chargepoint.core.network_profile import CERTIFICATE, PASSWORD, TLS
from chargepoint.core.renewal import Renewal
from chargepoint.core.trust import Trust
from chargepoint.core.values import dataclass
from chargepoint.core.words import CertificateUse

TRIAL_S = 60.0
RECONFIGURED = "ReconfigurationOfSecurityParameters"  # part 2 appendix 2; not critical
SHORTEST_PASSWORD, LONGEST_PASSWORD = 16, 40  # bytes, A00.FR.205 and 2.0.1 A00.FR.204


@dataclass(frozen=True, slots=True)
class Upgrade:
    """A profile that the central system asked for.

    *configured* is the one in [csms] at that time: when the installer changes it, his
    word counts again. *before* is the one to fall back to, None once it has connected.
    """

    configured: int
    profile: int
    before: int | None = None


class SecurityProfile:
    """The profile in force."""

    def __init__(
        self, common: Common, kept: Mapping[str, Upgrade], trust: Trust, renewal: Renewal
    ) -> None:
        self._common = common
        self._trust = trust
        self._renewal = renewal
        upgrade = kept.get("upgrade")
        configured = common.config.security_profile
        fits = upgrade is not None and upgrade.configured == configured
        self._upgrade = upgrade if upgrade is not None and fits else Upgrade(configured, configured)
        self._since_s = common.now.s

    @property
    def current(self) -> int:
        """Return 0 to 3."""
        return self._upgrade.profile

    @property
    def floor(self) -> int:
        """Return the lowest profile that may follow: A00.FR.005 with its errata."""
        lowers = self._common.variables.flag("SecurityCtrlr", "AllowSecurityProfileDowngrade")
        return TLS if lowers and self.current == CERTIFICATE else self.current

    def raise_to(self, value: str) -> Reply:
        """Go to a higher profile when everything for it is there: A05.FR.01 to .07."""
        wanted = {"1": PASSWORD, "2": TLS, "3": CERTIFICATE}.get(value)
        if wanted is None or wanted <= self.current:
            why = f"it is {self.current} and can only be raised, up to {CERTIFICATE}"
            return Reply(Outcome.REJECTED, "InvalidValue", why)
        refusal = self.lacks(wanted)
        if refusal is not None:
            return refusal
        self._keep(replace(self._upgrade, profile=wanted, before=self.current))
        self._since_s = self._common.now.s
        self._common.turn.note(f"security profile {wanted}")
        self._common.turn.do(Reconnect())
        return ACCEPTED

    def connected(self, profile: int) -> None:
        """A connection stands with *profile*: there is no way back (1.6 A05.FR.09)."""
        proven = replace(self._upgrade, profile=profile, before=None)
        if proven != self._upgrade:
            self._keep(proven)

    def lacks(self, wanted: int) -> Reply | None:
        """Return what a higher profile lacks, None when everything for it is there."""
        missing = self._missing(wanted)
        return Reply(Outcome.REJECTED, "MissingParam", missing) if missing else None

    def tick(self) -> None:
        """Give up a new profile that does not connect: A05.FR.08."""
        before = self._upgrade.before
        if before is None or self._common.now.s - self._since_s < TRIAL_S:
            return
        self._common.turn.note(
            f"no connection with security profile {self.current}: back to {before}", level="warning"
        )
        self._keep(replace(self._upgrade, profile=before, before=None))
        self._common.turn.do(Reconnect())

    def _missing(self, wanted: int) -> str:
        password = self._common.variables.password() or b""
        if wanted < CERTIFICATE and not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
            return "there is no password"  # A05.FR.02
        if wanted >= TLS and not self._trust.pems(CertificateUse.CSMS_ROOT):
            return "there is no root certificate"  # A05.FR.03, 2.0.1 A05.FR.02
        if wanted == CERTIFICATE and not self._renewal.pairs():
            return "there is no certificate of ours"  # A05.FR.04, 2.0.1 A05.FR.03
        return ""

    def _keep(self, upgrade: Upgrade) -> None:
        if upgrade.profile != self.current:
            turn = self._common.turn
            told = SecurityEvent(RECONFIGURED, turn.now.utc, "SecurityProfile", critical=False)
            turn.tell(told)
        self._upgrade = upgrade
        self._common.turn.keep("security_profile", "upgrade", upgrade)
