"""Whom the station trusts: root certificates by what they are for, installed and removed.

2.0.1 M03, M04, M05; 1.6 security extension, the same use cases.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from chargepoint.core.common import Common
from chargepoint.core.lazy import lazily
from chargepoint.core.messages import (
    ACCEPTED,
    CertificatesReply,
    DeleteCertificate,
    GetCertificates,
    InstallCertificate,
    Outcome,
    Reply,
)
from chargepoint.core.values import dataclass
from chargepoint.core.words import CertificateHash, CertificateUse

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

    from chargepoint.core import x509
else:
    x509 = lazily("chargepoint.core.x509")  # ten megabytes that most stations never need

CSMS_ROOT = CertificateUse.CSMS_ROOT
SECURITY = "SecurityCtrlr"


@dataclass(frozen=True, slots=True)
class Installed:
    """A certificate that is trusted for *use*.

    *retiring*: kept beside its successor until that has proven itself (M05.FR.12, .13;
    white paper M05.FR.11, .12). *issuer_pem*: the root that has signed it, where that is not
    itself; the name needs it, also when it is gone.
    """

    use: CertificateUse
    pem: str
    retiring: bool = False
    issuer_pem: str = ""

    def name(self, algorithm: str = "SHA256") -> CertificateHash:
        """Return what names this certificate."""
        (certificate,) = x509.certificates(self.pem)
        (issuer,) = x509.certificates(self.issuer_pem or self.pem)
        return x509.hash_of(certificate, issuer, algorithm)

    def is_named(self, name: CertificateHash) -> bool:
        """Return whether *name* names this certificate, in whichever algorithm."""
        return self.name(name.algorithm).same_as(name)


class Trust:
    """The station's trust store. *kept* is what the disk remembers, *seeded* for which uses
    the installer's certificates were taken already. *is_ours* knows our own by name."""

    def __init__(
        self, common: Common, kept: Mapping[str, Installed], seeded: Mapping[str, bool]
    ) -> None:
        self._common = common
        self._installed = dict(kept)
        self._seeded = set(seeded)
        self._falls_back = False
        self.is_ours: Callable[[CertificateHash], bool] = lambda _: False
        self.migrates: Callable[[], bool] = lambda: False

    def __len__(self) -> int:
        return len(self._installed)

    def pems(self, use: CertificateUse) -> tuple[str, ...]:
        """Return what is trusted for *use* now: without what retires, but while we fall back."""
        return tuple(
            each.pem
            for each in self._installed.values()
            if each.use is use and (self._believes_both or not each.retiring)
        )

    def seed(self, use: CertificateUse, pems: Iterable[str]) -> None:
        """Trust the installer's certificates, once: later the central system's word counts."""
        found = [certificate for pem in pems for certificate in x509.certificates(pem)]
        if not found or use.value in self._seeded:
            return
        self._seeded.add(use.value)
        self._common.turn.keep("trust_seeded", use.value, True)
        for certificate in found:
            self._put(self._entry(use, certificate))

    # --- what the central system asks -------------------------------------------------------

    def install(self, command: InstallCertificate) -> Reply:
        """Trust one more certificate: M05."""
        found = x509.certificates(command.pem)
        if len(found) != 1:
            return self._refuse(command.use, "InvalidCertificate", "not one certificate in PEM")
        (certificate,) = found
        flaw = x509.flaw_of_root(certificate, self._common.now.utc)
        if flaw:
            return self._refuse(command.use, "InvalidCertificate", flaw)
        if self._common.store_trouble:  # M05.FR.03
            return Reply(Outcome.FAILED, "InternalError", self._common.store_trouble)
        entry = self._entry(command.use, certificate)
        if self._replaces(command.use):
            return self._succeed(entry)
        if _key(entry) not in self._installed and len(self) >= self._most():
            return self._refuse(command.use, "OutOfStorage", "the store is full")
        self._put(entry)
        self._common.turn.note(f"{command.use} installed: {x509.named(certificate)}")
        return ACCEPTED

    def delete(self, command: DeleteCertificate) -> Reply:
        """Trust one less: M04. The last root that our connection stands on stays, and our own
        certificate cannot be deleted (M04.FR.06, white paper M04.FR.05)."""
        if self.is_ours(command.name):
            return Reply(Outcome.REJECTED, "CertificateInUse", "that is our own certificate")
        chosen = [each for each in self._installed.values() if each.is_named(command.name)]
        if not chosen:
            return Reply(Outcome.UNKNOWN, "NotFound", "no such certificate is installed")
        if any(self._carries(each) for each in chosen):
            return Reply(Outcome.REJECTED, "CertificateInUse", "the connection stands on it")
        for each in chosen:
            self._drop(each)
            self._common.turn.note(f"{each.use} removed")
        return ACCEPTED

    def listed(self, command: GetCertificates) -> CertificatesReply:
        """Return the names of what is trusted: M03."""
        found = tuple(
            (each.use, each.name())
            for each in self._installed.values()
            if each.use in (command.uses or tuple(CertificateUse))
        )
        if found:
            return CertificatesReply(Outcome.ACCEPTED, found=found)
        return CertificatesReply(Outcome.UNKNOWN, "NotFound", "no such certificate is installed")

    # --- a root and its successor ---------------------------------------------------------------

    def distrusted(self) -> None:
        """The central system's certificate is not signed by what we trust: M05.FR.14.

        With a root that retires, the next attempt believes both again, the one after that
        the new one alone.
        """
        retires = any(each.retiring for each in self._installed.values())
        self._falls_back = retires and not self._falls_back

    def proven(self) -> None:
        """A connection stands: a new root that it was made with needs no fallback: M05.FR.13."""
        if not self._believes_both:
            for each in [each for each in self._installed.values() if each.retiring]:
                self._drop(each)

    @property
    def _believes_both(self) -> bool:
        """Return whether the root that retires is believed: not of another central system, to
        which only the new one leads (M05.FR.15, .16)."""
        return self._falls_back and not self.migrates()

    def _replaces(self, use: CertificateUse) -> bool:
        """Return whether a new root must be signed by the one it replaces: M05.FR.09, .10."""
        checked = self._common.variables.flag(SECURITY, "AdditionalRootCertificateCheck")
        return use is CSMS_ROOT and checked and any(self._current_roots())

    def _succeed(self, entry: Installed) -> Reply:
        """Replace the central system's root by one that it has signed: M05.FR.11, .12."""
        (new,) = x509.certificates(entry.pem)
        current = list(self._current_roots())
        if not any(x509.is_issued_by(new, x509.certificates(each.pem)[0]) for each in current):
            why = "not signed by the root that it shall replace"
            return self._refuse(entry.use, "InvalidCertificate", why)
        for each in list(self._installed.values()):
            if each.retiring:
                self._drop(each)
        for each in current:
            self._put(replace(each, retiring=True))
        self._put(entry)
        self._common.turn.note(f"{entry.use} replaced: {x509.named(new)}")
        return ACCEPTED

    def _current_roots(self) -> Iterable[Installed]:
        return (
            each for each in self._installed.values() if each.use is CSMS_ROOT and not each.retiring
        )

    # --- the pieces -------------------------------------------------------------------------

    def _carries(self, entry: Installed) -> bool:
        """Return whether the connection would fall with *entry*: white paper M04.FR.06."""
        verifies = self._common.security_profile() >= VERIFIES
        return verifies and entry.use is CSMS_ROOT and len(list(self._current_roots())) == 1

    def _most(self) -> int:
        return int(self._common.variables.maximum(SECURITY, "CertificateEntries") or 0)

    def _refuse(self, use: CertificateUse, reason: str, why: str) -> Reply:
        self._common.turn.note(f"{use} refused: {why}", level="warning")
        return Reply(Outcome.REJECTED, reason, why)

    def _entry(self, use: CertificateUse, certificate: Certificate) -> Installed:
        """Return *certificate* as it is kept, with the root that has signed it if we know it."""
        known = (x509.certificates(each.pem)[0] for each in self._installed.values())
        issuer = x509.issuer_of(certificate, tuple(known))
        pem = x509.pem_of(certificate)
        return Installed(use, pem, issuer_pem="" if issuer is None else x509.pem_of(issuer))

    def _put(self, entry: Installed) -> None:
        self._installed[_key(entry)] = entry
        self._common.turn.keep("certificate", _key(entry), entry)

    def _drop(self, entry: Installed) -> None:
        del self._installed[_key(entry)]
        self._common.turn.forget("certificate", _key(entry))


VERIFIES = 2  # from this security profile on the central system's certificate counts


def _key(entry: Installed) -> str:
    (certificate,) = x509.certificates(entry.pem)
    return f"{entry.use}/{x509.fingerprint(certificate)}"
