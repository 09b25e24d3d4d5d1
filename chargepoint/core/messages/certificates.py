"""Commands about certificates: whom we trust, and our own."""

from __future__ import annotations

from chargepoint.core.messages.replies import Reply
from chargepoint.core.values import dataclass
from chargepoint.core.words import CertificateHash, CertificateUse


@dataclass(frozen=True, slots=True)
class InstallCertificate:
    """Trust *pem* for *use*. ACCEPTED, REJECTED (no good, or no room)."""

    use: CertificateUse
    pem: str


@dataclass(frozen=True, slots=True)
class DeleteCertificate:
    """Trust it no more. ACCEPTED, REJECTED (it is needed), UNKNOWN."""

    name: CertificateHash


@dataclass(frozen=True, slots=True)
class GetCertificates:
    """Which certificates are trusted for *uses* (empty: all)? CertificatesReply."""

    uses: tuple[CertificateUse, ...] = ()


@dataclass(frozen=True, slots=True)
class CertificatesReply(Reply):
    """ACCEPTED with what was *found*, or UNKNOWN when nothing was."""

    found: tuple[tuple[CertificateUse, CertificateHash], ...] = ()


@dataclass(frozen=True, slots=True)
class CertificateSigned:
    """Our certificate, signed, leaf first. ACCEPTED, REJECTED."""

    chain_pem: str


@dataclass(frozen=True, slots=True)
class KeyMade:
    """The new key that MakeKey asked for, and the request to have it signed; both PEM."""

    key_pem: str
    request_pem: str

    def __repr__(self) -> str:
        return "KeyMade(...)"


@dataclass(frozen=True, slots=True)
class SignAnswered:
    """Whether the central system will have our request signed; None is "no answer"."""

    accepted: bool | None


@dataclass(frozen=True, slots=True)
class CertificateTried:
    """A connection stands with our certificate: the *newest* one, or the one before it."""

    newest: bool


CertificateOrder = (
    InstallCertificate
    | DeleteCertificate
    | GetCertificates
    | CertificateSigned
    | KeyMade
    | SignAnswered
    | CertificateTried
)
