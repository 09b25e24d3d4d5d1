"""Settings whose feature is still to come. They are understood, and said to do nothing."""

from __future__ import annotations

from collections.abc import Callable

from chargepoint.settings.model import Settings

ROWS: tuple[tuple[str, Callable[[Settings], object]], ...] = (
    ("mqtt.url", lambda settings: settings.mqtt.url),
    ("power_share.role", lambda settings: settings.power_share.role != "off"),
    ("tls.mo_root_ca", lambda settings: settings.tls.mo_root_ca),
    ("tls.v2g_root_ca", lambda settings: settings.tls.v2g_root_ca),
)


def without_effect(settings: Settings) -> tuple[str, ...]:
    """Return one sentence for each key that is set and that this version does nothing with."""
    found = (key for key, is_set in ROWS if is_set(settings))
    return tuple(f"{key}: has no effect in this version" for key in found)
