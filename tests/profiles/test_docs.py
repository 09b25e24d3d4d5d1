"""What the docstrings show is what happens."""

from __future__ import annotations

import doctest
from types import ModuleType

import pytest

from profiles import (
    capacity,
    drawn,
    filling,
    limits,
    peak,
    plausible,
    pools,
    reporting,
    share,
    significance,
    units,
)

SHOWN = [
    capacity,
    drawn,
    filling,
    limits,
    peak,
    plausible,
    pools,
    reporting,
    share,
    significance,
    units,
]


@pytest.mark.parametrize("module", SHOWN)
def test_the_examples_in_the_docstrings_are_true(module: ModuleType) -> None:
    failed, tried = doctest.testmod(module)

    assert (failed, tried > 0) == (0, True)
