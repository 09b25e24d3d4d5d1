"""The central system is a second reading of the standards only if it borrows nothing."""

from __future__ import annotations

import subprocess
import sys

LIST = """
import sys
import chargepoint.demo.central
print(*(name for name in sys.modules if name.split(".")[0] in ("chargepoint", "ocpp")))
"""


def test_the_central_system_shares_no_code_with_the_station() -> None:
    listed = subprocess.run(
        [sys.executable, "-c", LIST], capture_output=True, text=True, check=True
    )
    modules = set(listed.stdout.split()) - {"chargepoint", "chargepoint.demo"}
    assert modules
    assert {name for name in modules if not name.startswith("chargepoint.demo.")} == set()
