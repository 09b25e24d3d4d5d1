"""Files that come and go, new firmware, and logs: [transfers], [firmware] and [logs]."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from chargepoint.core.config import FirmwareConfig, StationConfig, Unsigned
from chargepoint.settings.sections import Section
from chargepoint.settings.values import (
    Counted,
    Span,
    Text,
    Word,
    from_text,
)

_FIRMWARE = FirmwareConfig()
_STATION_DEFAULTS = StationConfig()


class Transfers(Section):
    """Files that the central system has us fetch (firmware) or send (logs)."""

    protocols: Annotated[
        list[Literal["FTP", "FTPS", "HTTP", "HTTPS", "SFTP"]], BeforeValidator(from_text)
    ] = Field(
        default=["FTP", "FTPS", "HTTP", "HTTPS", "SFTP"], description="What may be used for them"
    )
    local_locations: bool = Field(
        default=True,
        description="Whether the central system may name a location in a local network",
    )
    local_redirects: bool = Field(
        default=False, description="Whether a server may redirect to an address in a local network"
    )
    system_roots: bool = Field(
        default=True,
        description="Whether the authorities that this machine trusts count, beside tls.*",
    )
    host_keys: Text = Field(
        default="",
        description="The known_hosts file with the keys of SFTP servers; when empty, the first key "
        "that a server shows is trusted and kept in data_dir",
    )
    largest_mb: Annotated[int, Field(ge=1, le=100_000), Counted] = Field(
        default=1000, description="Longer files are refused"
    )
    keep_free_mb: Annotated[int, Field(ge=0, le=100_000), Counted] = Field(
        default=50, description="What a download must leave free on the disk"
    )
    silence_s: Span = Field(default=60.0, description="How long nothing may come or go")
    longest_s: Span = Field(default=3600.0, description="How long one attempt may take")


class Firmware(Section):
    """New firmware that the central system orders. Without a command only the simulator has any."""

    command: Annotated[list[Word], BeforeValidator(from_text)] = Field(
        default=[],
        description="Program and arguments that install a file, without a shell; {file} is the "
        "file, as a last argument where it is not named. Exit code 0: it is installed",
    )
    timeout_s: Span = Field(default=900.0, description="How long the command may take")
    activation: Literal["exit", "restart"] = Field(
        default="exit",
        description="What follows the command: the process leaves with code 0, so that whoever "
        "watches it starts the new program, or the station restarts inside it",
    )
    version_file: Text = Field(
        default="",
        description="Its first line is the version told to the central system, read at each start. "
        "An update after which it is still the same has failed",
    )
    unsigned: Unsigned = Field(
        default=_FIRMWARE.unsigned,
        description="When firmware may come without a signature: always, never, or (without_root) "
        "as long as no manufacturer's root certificate is installed",
    )


class Logs(Section):
    """What is kept for those who ask from afar (GetDiagnostics, GetLog)."""

    keep_mb: Annotated[float, Field(ge=0, le=10_000), Counted] = Field(
        default=5.0, description="The newest of the log, in data_dir; 0 keeps none"
    )
    security_events: Annotated[int, Field(ge=10, le=100_000), Counted] = Field(
        default=_STATION_DEFAULTS.security_events,
        description="How many security events are kept; the oldest goes for the newest",
    )
