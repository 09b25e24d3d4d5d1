"""The station's own certificate: a new key is made, the central system has it signed, it is
put to use, and the one that has proven itself is kept.

2.0.1 A02 and A03 with the errata of 2025-09; 1.6 security extension, the same use cases.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from chargepoint.core.common import Common
from chargepoint.core.lazy import lazily
from chargepoint.core.messages import (
    ACCEPTED,
    CertificateSigned,
    CertificateTried,
    KeyMade,
    MakeKey,
    Outcome,
    Reconnect,
    Reply,
    SecurityEvent,
    SignAnswered,
    SignRequest,
)
from chargepoint.core.values import dataclass
from chargepoint.core.words import CertificateHash

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

    from chargepoint.core import x509
else:
    x509 = lazily("chargepoint.core.x509")  # ten megabytes that most stations never need

SECURITY = "SecurityCtrlr"
SHOWS_CERTIFICATE = 3  # the security profile in which ours is shown
RENEWED_BEFORE = timedelta(days=30)
TRIED_EVERY_S = 86400.0
CURRENT, NEW = "current", "new"


@dataclass(frozen=True, slots=True)
class ClientPair:
    """A certificate of ours, leaf first, with its private key; both PEM."""

    chain_pem: str
    key_pem: str

    def __repr__(self) -> str:
        return "ClientPair(...)"

    @property
    def leaf(self) -> Certificate:
        return x509.certificates(self.chain_pem)[0]


@dataclass(frozen=True, slots=True)
class Signing:
    """A request that waits for its certificate, and the key it is for; both PEM."""

    request_pem: str
    key_pem: str

    def __repr__(self) -> str:
        return "Signing(...)"


@dataclass(slots=True)
class _Wait:
    """When to ask again: each time after twice as long (A02.FR.17, .18)."""

    again_at_s: float
    wait_s: float
    repeats: int


class Renewal:
    """Our certificates, at most two: the one in use, and a new one that has to prove itself."""

    def __init__(
        self,
        common: Common,
        pairs: Mapping[str, ClientPair],
        signing: Mapping[str, Signing],
        roots: Callable[[], Sequence[str]],
    ) -> None:
        self._common = common
        self._pairs = dict(pairs)
        self._signing = signing.get(NEW)
        self._roots = roots
        self._wait: _Wait | None = None
        self._tried_s = float("-inf")
        self._switch_at: datetime | None = None

    def pairs(self) -> tuple[ClientPair, ...]:
        """Return what may be shown now, the newest first."""
        now = self._common.now.utc
        known = (self._pairs[name] for name in (NEW, CURRENT) if name in self._pairs)
        return tuple(pair for pair in known if pair.leaf.not_valid_before_utc <= now)

    def seed(self, pair: ClientPair) -> None:
        """Take the installer's certificate where we have none of our own."""
        if not self._pairs:
            self._keep(CURRENT, pair)

    def is_named(self, name: CertificateHash) -> bool:
        """Return whether *name* names a certificate of ours: it cannot be deleted (M04.FR.06)."""
        return any(
            x509.hash_of(pair.leaf, self._issuer(pair), name.algorithm).same_as(name)
            for pair in self._pairs.values()
        )

    # --- asking ---------------------------------------------------------------------------------

    def trigger(self) -> Reply:
        """Begin a renewal: A02. Without the operator's name nobody would sign."""
        operator = self._common.variables.text(SECURITY, "OrganizationName")
        if not operator:
            return Reply(Outcome.REJECTED, "MissingParam", "the operator's name is not set")
        self._tried_s = self._common.now.s
        self._wait = None
        self._common.turn.do(MakeKey(self._common_name(), operator))
        return ACCEPTED

    def key_made(self, made: KeyMade) -> None:
        """Keep the key where it will be found after a power cut, and ask for its signature."""
        self._signing = Signing(made.request_pem, made.key_pem)
        self._common.turn.keep("signing", NEW, self._signing)
        self._ask()

    def answered(self, answer: SignAnswered) -> None:
        """A request that is refused is not repeated until somebody asks for it: A02.FR.19."""
        if answer.accepted is False:
            self._wait = None
            self._common.turn.note("our certificate will not be signed", level="warning")

    def tick(self) -> None:
        """Ask again, renew in time, and change to a certificate whose day has come."""
        now = self._common.now
        if self._switch_at is not None and now.utc >= self._switch_at:
            self._switch()
        if not self._common.online:
            return
        if self._wait is not None and now.s >= self._wait.again_at_s:
            self._ask()
        elif self._expires_soon() and now.s - self._tried_s >= TRIED_EVERY_S:
            self._common.turn.note("our certificate expires soon: renewing it")
            self.trigger()

    # --- getting --------------------------------------------------------------------------------

    def signed(self, command: CertificateSigned) -> Reply:
        """Take the signed certificate when it is good: A02.FR.06, .07, .16."""
        if len(command.chain_pem) > self._common.variables.integer(
            SECURITY, "MaxCertificateChainSize"
        ):
            return self._refuse("the chain is too long")
        chain, signing = x509.certificates(command.chain_pem), self._signing
        why = "nothing was sent to be signed" if signing is None else ""
        if signing is not None:
            why = self._flaw(chain, signing) if chain else "no certificates in PEM"
        if signing is None or why:
            return self._refuse(why)
        self._keep(NEW, ClientPair(command.chain_pem, signing.key_pem))
        self._signing = self._wait = None
        self._common.turn.forget("signing", NEW)
        self._common.turn.note(f"new certificate of ours: {x509.named(chain[0])}")
        self._switch_at = chain[0].not_valid_before_utc
        if self._switch_at <= self._common.now.utc:
            self._switch()
        return ACCEPTED

    def tried(self, tried: CertificateTried) -> None:
        """A connection stands: the certificate that it was not made with goes: A02.FR.10."""
        if NEW not in self._pairs:
            return
        if tried.newest:
            self._keep(CURRENT, self._pairs[NEW])
        elif CURRENT not in self._pairs:
            return
        else:
            self._common.turn.note("our new certificate does not connect", level="warning")
            self._tell("DiscardedRenewedClientCertificate", "")  # A02.FR.29
        del self._pairs[NEW]
        self._common.turn.forget("client_certificate", NEW)

    # --- the pieces -------------------------------------------------------------------------

    def _ask(self) -> None:
        """Send the request, and wait twice as long as last time before the next one."""
        assert self._signing is not None
        variables, wait = self._common.variables, self._wait
        repeats = 0 if wait is None else wait.repeats + 1
        wait_s = (
            variables.number(SECURITY, "CertSigningWaitMinimum")
            if wait is None
            else wait.wait_s * 2
        )
        self._common.turn.tell(SignRequest(self._signing.request_pem))
        more = repeats < variables.integer(SECURITY, "CertSigningRepeatTimes")
        self._wait = _Wait(self._common.now.s + wait_s, wait_s, repeats) if more else None

    def _flaw(self, chain: Sequence[Certificate], signing: Signing) -> str:
        operator = self._common.variables.text(SECURITY, "OrganizationName")
        names = (self._common_name(), operator)
        waits = self._common.dialect.certificates_may_wait
        at = self._common.now.utc
        if waits:  # white paper A02.FR.08: used as soon as its time has come
            at = max(at, chain[0].not_valid_before_utc)
        wrong = x509.flaw(chain[0], at) or x509.flaw_of_ours(chain[0], signing.key_pem, names)
        roots = [root for pem in self._roots() for root in x509.certificates(pem)]
        if not wrong and roots and not x509.reaches(chain, roots):
            wrong = "not of the operator's hierarchy"
        return wrong

    def _switch(self) -> None:
        self._switch_at = None
        if self._common.security_profile() == SHOWS_CERTIFICATE:
            self._common.turn.do(Reconnect())

    def _refuse(self, why: str) -> Reply:
        """Refuse a certificate and say so: A02.FR.07. It is not asked for again: A02.FR.20."""
        self._wait = None
        self._common.turn.note(f"certificate of ours refused: {why}", level="warning")
        self._tell("InvalidChargingStationCertificate", why)
        return Reply(Outcome.REJECTED, "InvalidCertificate", why)

    def _tell(self, security_event: str, why: str) -> None:
        self._common.turn.tell(SecurityEvent(security_event, self._common.now.utc, why))

    def _expires_soon(self) -> bool:
        if self._common.security_profile() != SHOWS_CERTIFICATE or self._wait is not None:
            return False
        newest = self._pairs.get(NEW) or self._pairs.get(CURRENT)
        if newest is None:
            return False
        return newest.leaf.not_valid_after_utc - self._common.now.utc < RENEWED_BEFORE

    def _issuer(self, pair: ClientPair) -> Certificate | None:
        above = x509.certificates(pair.chain_pem)[1:]
        roots = [root for pem in self._roots() for root in x509.certificates(pem)]
        return x509.issuer_of(pair.leaf, (*above, *roots))

    def _common_name(self) -> str:
        identity = self._common.config.identity
        return identity.serial_number or identity.id

    def _keep(self, name: str, pair: ClientPair) -> None:
        self._pairs[name] = pair
        self._common.turn.keep("client_certificate", name, pair)
