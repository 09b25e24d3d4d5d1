"""Charging profiles as a central system of 2.0.1 sends them, asks for them and hears of them."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Any

from journeys.rig import Rig

from chargepoint.protocol.timestamps import format_timestamp

Payload = dict[str, Any]
LIMIT_OF = {"A": 1.0, "W": 690.0}  # part 6 errata 6.2.69, three phases of 230 V


class Csms:
    """The smart charging of one central system, with limits in *unit*."""

    def __init__(self, rig: Rig, unit: str = "A") -> None:
        self.rig, self.unit = rig, unit

    def at(self, seconds: float = 0) -> str:
        """Return the time *seconds* from now."""
        return format_timestamp(self.rig.now().utc.replace(microsecond=0) + _seconds(seconds))

    def profile(self, limit: float = 6.0, **facts: Any) -> Payload:
        """Return a default that begins now; *periods* are (start, limit), *facts* replace."""
        periods = facts.pop("periods", ((0, limit),))
        phases = facts.pop("phases", 3)
        times = {
            name: self.at(facts.pop(name)) for name in ("validFrom", "validTo") if name in facts
        }
        relative = facts.get("chargingProfileKind") == "Relative"
        start = {} if relative else {"startSchedule": self.at(facts.pop("start", 0))}
        duration = {"duration": facts.pop("duration")} if "duration" in facts else {}
        schedule = {
            "id": 1,
            "chargingRateUnit": self.unit,
            "chargingSchedulePeriod": [
                {"startPeriod": at_s, "limit": each * LIMIT_OF[self.unit], "numberPhases": phases}
                for at_s, each in periods
            ],
        }
        return {
            "id": 1,
            "stackLevel": 0,
            "chargingProfilePurpose": "TxDefaultProfile",
            "chargingProfileKind": "Absolute",
            "chargingSchedule": [schedule | start | duration],
        } | times | facts  # fmt: skip

    async def set(self, profile: Payload, evse_id: int = 1) -> Payload:
        """SetChargingProfile."""
        return await self.rig.ask(
            ("SetChargingProfile", {"evseId": evse_id, "chargingProfile": profile})
        )

    async def install(self, profile: Payload, evse_id: int = 1) -> Payload:
        """SetChargingProfile, which must be accepted; return the profile."""
        assert await self.set(profile, evse_id) == {"status": "Accepted"}
        return profile

    async def clear(self, **asked: Any) -> str:
        """ClearChargingProfile by id or by criteria; return the status."""
        payload = asked if "chargingProfileId" in asked else {"chargingProfileCriteria": asked}
        return str((await self.rig.ask(("ClearChargingProfile", payload)))["status"])

    async def reported(self, evse_id: int | None = None, **criteria: Any) -> list[Payload]:
        """GetChargingProfiles; return what ReportChargingProfiles told, [] for NoProfiles."""
        mark = self.rig.central.mark()
        place = {} if evse_id is None else {"evseId": evse_id}
        asked = {"requestId": 42, "chargingProfile": criteria} | place
        answer = await self.rig.ask(("GetChargingProfiles", asked))
        await asyncio.sleep(1)
        told = [call.payload for call in self.rig.central.calls[mark:]]
        reports = [each for each in told if "chargingProfile" in each]
        assert answer["status"] == ("Accepted" if reports else "NoProfiles")
        assert all(report["requestId"] == 42 for report in reports)
        assert [report.get("tbc", False) for report in reports] == [True] * (len(reports) - 1) + (
            [False] if reports else []
        )
        return reports

    async def profiles(self, evse_id: int | None = None, **criteria: Any) -> list[Payload]:
        """Return what it has itself set, of all reports."""
        reports = await self.reported(evse_id, **criteria)
        own = [report for report in reports if report["chargingLimitSource"] == "CSO"]
        return [profile for report in own for profile in report["chargingProfile"]]

    async def composite(self, evse_id: int = 1, duration_s: int = 300) -> list[tuple[int, float]]:
        """GetCompositeSchedule; return (start, limit in amperes of three phases)."""
        asked = {"evseId": evse_id, "duration": duration_s, "chargingRateUnit": self.unit}
        answer = await self.rig.ask(("GetCompositeSchedule", asked))
        assert answer["status"] == "Accepted"
        schedule = answer["schedule"]
        assert schedule["evseId"] == evse_id
        assert schedule["duration"] == duration_s
        assert schedule["chargingRateUnit"] == self.unit
        age = self.rig.now().utc - datetime.fromisoformat(schedule["scheduleStart"])
        assert abs(age) <= _seconds(1)
        return [
            (period["startPeriod"], period["limit"] / LIMIT_OF[self.unit])
            for period in schedule["chargingSchedulePeriod"]
        ]

    async def charging(self, evse_id: int = 1) -> str:
        """Let a car charge; return the transaction's id."""
        self.rig.plug_in(evse_id)
        await self.rig.until(lambda: self.rig.evse(evse_id).plugged_in, "car")
        self.rig.card(f"CARD-{evse_id}", evse_id)
        await self.rig.charging(evse_id)
        return str(self.rig.evse(evse_id).transaction_id)


def _seconds(seconds: float) -> timedelta:
    return timedelta(seconds=seconds)
