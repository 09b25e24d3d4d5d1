"""``python -m chargepoint``."""

from chargepoint.cli import main

main()
