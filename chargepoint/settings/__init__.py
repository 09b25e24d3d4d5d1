"""What the installer decided: read, checked, and handed to the core."""

from chargepoint.settings.convert import station_config
from chargepoint.settings.load import load
from chargepoint.settings.model import Settings

__all__ = ["Settings", "load", "station_config"]
