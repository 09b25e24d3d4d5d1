"""Where the two versions want different behaviour, it is a field here, not an ``if``.

Each adapter declares one Dialect; the core reads its fields and never asks for a name.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from chargepoint.core.values import dataclass
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
    has no variable for them (None: read TxCtrlr). *soft_reset_reason* and
    *hard_reset_reason* stop the transactions of a reset; *soft_reset_waits* for them.

    *triggers* are the messages that TriggerMessage may name; *triggers_need_connector*:
    StatusNotification only for a named connector (F06.FR.12). *triggers_aligned_values*:
    a triggered MeterValues carries the aligned list (F06.FR.06), else the sampled one
    (1.6 section 5.17). *ended_samples_every_update*: samples for the end of a
    transaction are taken whenever one is sent (1.6 StopTxnSampledData), else every
    TxEndedInterval.

    *numbers_plugs*: every plug of an EVSE has a number and a status; in 1.6 the EVSE has one,
    that of the plug in use. *station_availability_cascades*: a change for the whole
    station also sets every connector (1.6 section 5.2), else each keeps its own
    (G03.FR.07).
    *status_tells_errors*: StatusNotification carries error and info, so that a change of
    these alone is told too. *warns_without_security*: profile 0 is no profile of the
    version (2.0.1 A00.FR.001), only good for test benches. *numbers_transactions*: the
    central system numbers transactions, and a TxProfile may come without a number (1.6).
    *lists_features*: SupportedFeatureProfiles says what is on (1.6), else the Enabled
    variable of each block. *has_back_off*: RetryBackOff... variables say how long to wait
    between connections. *certificates_may_wait*: a certificate of ours may come before the
    time it is valid from (1.6), else it is refused (2.0.1 A02.FR.06). *tells_changes*: a
    transaction's changes are told as they happen; 1.6 tells only its start, its meter values
    and its end. *reservation_ends_when_shown*: a reservation is used up as soon as its
    token is accepted (H03.FR.09), else when its transaction starts (1.6 section 5.13).
    *tells_limits*: limits from outside, and changed rates, have messages of their own
    (K11 to K13). *has_plain_updates*: beside the messages for signed firmware there are those
    from before (1.6), whose status is Idle as soon as an update is over.
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
    triggers: frozenset[str] = frozenset()
    triggers_need_connector: bool = False
    triggers_aligned_values: bool = False
    ended_samples_every_update: bool = False
    numbers_plugs: bool = True
    station_availability_cascades: bool = False
    status_tells_errors: bool = False
    warns_without_security: bool = False
    numbers_transactions: bool = False
    has_back_off: bool = False
    tells_changes: bool = True
    lists_features: bool = False
    certificates_may_wait: bool = False
    reservation_ends_when_shown: bool = False
    tells_limits: bool = False
    has_plain_updates: bool = False
