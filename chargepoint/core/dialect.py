"""Where the two versions want different behaviour, it is a field here, not an ``if``.

Each adapter declares one Dialect; the core reads its fields and never asks for a name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from chargepoint.core.words import Status, StopReason


class ProfileClash(StrEnum):
    """What happens to a new profile on the level of an installed one."""

    REPLACES = "replaces"  # 1.6 section 5.16.2
    REFUSED = "refused"  # 2.0.1 K01.FR.06, .39, .52, .53


@dataclass(frozen=True, slots=True)
class Dialect:
    """The behaviour a version asks of the station.

    *status_words* maps each status to the version's word; statuses with one word are
    not told apart. *tx_start_points* and *tx_stop_points* are fixed where the version
    has no variable for them (None: read TxCtrlr). *reset_reasons* name the stop reason
    of a reset that waits and of one that does not.
    """

    name: str
    status_words: Mapping[Status, str]
    tells_station_status: bool
    profile_clash: ProfileClash
    unlock_stops_transaction: bool
    tx_start_points: frozenset[str] | None
    tx_stop_points: frozenset[str] | None
    offline_threshold_tells_all: bool
    soft_reset_reason: StopReason
    hard_reset_reason: StopReason
    soft_reset_waits: bool
    refuses_calls_when_rejected: bool
    energy_on_boot_samples: bool = True
