"""New firmware as the settings want it: who installs it, where it waits, which one is here."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from chargepoint.core.words import BootReason
from chargepoint.settings.model import Settings
from chargepoint.transfer.installer import (
    CommandInstaller,
    Installer,
    SimulatedInstaller,
    version_in,
)
from chargepoint.updating import Fetch, Updating


def staging_folder(settings: Settings) -> Path:
    """Return where new firmware waits to be installed."""
    return Path(settings.agent.data_dir) / "firmware"


def make_updating(settings: Settings, fetch: Fetch) -> Updating:
    """Return who does what the station asks for new firmware."""
    return Updating(fetch, _installer(settings), staging_folder(settings))


def action_after(why: BootReason, settings: Settings) -> Literal["restart", "exit"]:
    """Return what a restart for this reason does to the process."""
    if why is BootReason.FIRMWARE_UPDATE and settings.firmware.command:
        return settings.firmware.activation
    return settings.agent.reset_action


def _installer(settings: Settings) -> Installer | None:
    """Return who installs it; None where nobody can."""
    own = settings.firmware
    if settings.simulated_firmware:
        takes_s = settings.simulator.install_time_s
        return SimulatedInstaller(takes_s, _version_file(settings))
    return CommandInstaller(tuple(own.command), own.timeout_s) if own.command else None


def installed_version(settings: Settings) -> str:
    """Return the version that the installed firmware tells, "" when it tells none."""
    tells = settings.firmware.version_file or settings.simulated_firmware
    return version_in(_version_file(settings)) if tells else ""


def _version_file(settings: Settings) -> Path:
    """Return where it tells it: the simulator too needs a place for that."""
    return Path(settings.firmware.version_file or staging_folder(settings) / "version")
