"""Authorities and certificates of the year that the driver lives in."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from authority import Authority, name
from cryptography import x509

from chargepoint.security.keys import new_key_pair


@pytest.fixture(scope="session")
def authority() -> Callable[..., Authority]:
    return Authority


@pytest.fixture(scope="session")
def root() -> Authority:
    return Authority("Root 1")


@pytest.fixture(scope="session")
def other_root() -> Authority:
    return Authority("Root 2")


@pytest.fixture(scope="session")
def subject() -> Callable[..., x509.Name]:
    return name


@pytest.fixture(scope="session")
def key_pair():
    return new_key_pair("CP001", "Operator")
