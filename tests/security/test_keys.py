"""The keys that are made here are as strong as the standard wants them."""

from __future__ import annotations

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from chargepoint.security.keys import new_key_pair


@pytest.mark.requirement(
    *("A00.FR.503", "A00.FR.504", "A00.FR.506", "A00.FR.507", "A00.FR.509", "A00.FR.511"),
)
def test_a_request_names_us_and_is_signed_with_sha_256_on_p_256():
    pair = new_key_pair("SN-1", "Operator")
    request = x509.load_pem_x509_csr(pair.request.encode())

    assert request.is_signature_valid
    assert isinstance(request.signature_hash_algorithm, hashes.SHA256)
    key = request.public_key()
    assert isinstance(key, ec.EllipticCurvePublicKey)
    assert key.key_size == 256
    names = {each.oid: each.value for each in request.subject}
    assert names == {NameOID.COMMON_NAME: "SN-1", NameOID.ORGANIZATION_NAME: "Operator"}
    assert pair.key not in repr(pair)
