"""Rules that allow what tests need, and servers on this machine."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import trustme

from chargepoint.transfer.rules import Rules
from chargepoint.transfer.transfers import Transfers

HOST = "127.0.0.1"


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="session")
def server_tls(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(HOST).configure_cert(context)
    return context


@pytest.fixture
def rules(tmp_path: Path, authority: trustme.CA) -> Rules:
    """The installer trusts one authority; nothing takes longer than two seconds."""
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return Rules(
        tls=lambda: context,
        host_keys=tmp_path / "host_keys",
        spare_bytes=0,
        silence_s=2.0,
        longest_s=10.0,
    )


@pytest.fixture
def transfers(rules: Rules) -> Callable[..., Transfers]:
    """Make Transfers under the rules, with some of them changed."""

    def make(**changes: object) -> Transfers:
        changed = replace(rules, **changes)
        return Transfers(lambda: changed)

    return make
