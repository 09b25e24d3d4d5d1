"""Stations that can be updated, and certificates that vouch for firmware."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from authority import Authority, name
from core.firmware.updates import Updates

from chargepoint.security.keys import new_key_pair


@pytest.fixture(params=["1.6", "2.0.1"])
def updates(request: pytest.FixtureRequest) -> Updates:
    """Return a connected station of each version in turn that installs anything."""
    return Updates(request.param).online()


@pytest.fixture
def one() -> Updates:
    """Return a connected station of one version, where they do not differ."""
    return Updates("2.0.1").online()


@pytest.fixture(scope="session")
def maker() -> Authority:
    return Authority("Maker")


@pytest.fixture(scope="session")
def signer(maker: Authority) -> Callable[..., str]:
    """Return a certificate of the maker's, or of whom is named, to sign firmware with."""
    request = new_key_pair("Firmware", "Maker").request

    def certificate(by: Authority = maker, **given: object) -> str:
        return by.sign(request, name("Firmware", "Maker"), **given)

    return certificate
