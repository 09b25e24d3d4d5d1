"""A setting that does nothing yet says so."""

from __future__ import annotations

import pytest

from chargepoint.settings.later import ROWS, without_effect
from chargepoint.settings.model import Settings

SET = {
    "mqtt.url": {"mqtt": {"url": "mqtt://broker"}},
    "power_share.role": {"power_share": {"role": "master", "bus": "rs485"}},
    "tls.manufacturer_root_ca": {"tls": {"manufacturer_root_ca": ["root.pem"]}},
    "tls.mo_root_ca": {"tls": {"mo_root_ca": ["root.pem"]}},
    "tls.v2g_root_ca": {"tls": {"v2g_root_ca": ["root.pem"]}},
}


def test_the_defaults_all_have_an_effect() -> None:
    assert without_effect(Settings()) == ()


@pytest.mark.parametrize("key", [key for key, _ in ROWS])
def test_a_setting_of_a_feature_to_come_is_named(key: str) -> None:
    settings = Settings.model_validate(SET[key])

    assert without_effect(settings) == (f"{key}: has no effect in this version",)
