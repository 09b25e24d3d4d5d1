"""The house of the demonstration: its fuses, its loads, its roof, and a station that hurries."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from chargepoint.settings.model import Settings

STATION_ID: Final = "DEMO-1"
MAINS_A: Final = 25.0
WALLBOX_A: Final = 16.0
BASE_A: Final = (1.2, 1.5, 0.8)
SOLAR_W: Final = 2070.0
SAMPLE_S: Final = 2

HURRY: Final = {
    ("SampledDataCtrlr", "TxUpdatedInterval"): str(SAMPLE_S),
    ("OCPPCommCtrlr", "RetryBackOffWaitMinimum"): "1",
    ("OCPPCommCtrlr", "RetryBackOffRandomRange"): "0",
    ("OCPPCommCtrlr", "RetryBackOffRepeatTimes"): "0",
}
"""Variables that make everything happen while somebody watches."""


def settings(data_dir: Path, url: str, ocpp: str, port: int) -> Settings:
    """Return the settings of a simulated station that speaks *ocpp* to *url*."""
    return Settings.model_validate(
        {
            "agent": {"data_dir": str(data_dir)},
            "api": {"bind": f"127.0.0.1:{port}"},
            "station": {"id": STATION_ID},
            "csms": {"url": url, "ocpp_versions": [ocpp]},
            "reconnect": {"wait_min_s": 1.0, "random_range_s": 0.0, "repeat_times": 0},
            "limits": {"mains_a": MAINS_A},
            "hardware": {"max_current_a": WALLBOX_A},
            "simulator": {
                "house_a": BASE_A,
                "solar_w": SOLAR_W,
                "current_ramp_a_per_s": 8.0,
            },
            "ocpp201": {
                "variables": [
                    {"component": component, "variable": variable, "value": value}
                    for (component, variable), value in HURRY.items()
                ]
            },
        }
    )
