"""Throw-away authorities and certificates."""

from __future__ import annotations

import pytest
import trustme


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="session")
def stranger() -> trustme.CA:
    return trustme.CA(organization_name="somebody else")
