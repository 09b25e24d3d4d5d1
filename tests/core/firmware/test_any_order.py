"""Whatever happens in whatever order: nothing unproven is installed, nobody is disturbed, and
every update ends once."""

from __future__ import annotations

from base64 import b64encode
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from authority import Authority, name
from core.driver import ANNA, Driver
from core.firmware.updates import S, Updates
from hypothesis import given, settings
from hypothesis import strategies as st

from chargepoint.core import messages as m
from chargepoint.core.config import FirmwareConfig, StationIdentity, Unsigned
from chargepoint.core.firmware_states import OVER
from chargepoint.core.firmware_update import Update
from chargepoint.core.words import CertificateUse
from chargepoint.security.keys import new_key_pair

MAKER = Authority("Maker")
SIGNER = MAKER.sign(new_key_pair("Firmware", "Maker").request, name("Firmware", "Maker"))
SIGNATURE = b64encode(b"signature").decode()
OTHER = 1000  # no update has this number
WILLING = {S.DOWNLOADING: "fetched", S.DOWNLOADED: "checked", S.INSTALLING: "installed"}


class Story:
    """*proven* are the numbers of updates whose file was judged good, *canceled* those that
    another has replaced, *ends* how often the end of each was told."""

    def __init__(self, version: str, can_cancel: bool, must_change: bool, signed: bool) -> None:
        firmware = FirmwareConfig(True, can_cancel, must_change, Unsigned.ALWAYS)
        self.updates = Updates(version, firmware=firmware).online()
        self.updates.do(m.InstallCertificate(CertificateUse.MANUFACTURER_ROOT, MAKER.pem))
        self.proven: set[int] = set()
        self.canceled: set[int] = set()
        self.number = self.starts = self.seen = 0
        self.ends: Counter[int] = Counter()
        self.order(signed=signed, fetch_in_s=0, install_in_s=0)

    def order(self, signed: bool, fetch_in_s: int, install_in_s: int) -> None:
        now = self.updates.now.utc
        reply = self.updates.order(
            retrieve_at=now + timedelta(seconds=fetch_in_s),
            install_at=now + timedelta(seconds=install_in_s),
            retries=1,
            retry_interval_s=2,
            certificate_pem=SIGNER if signed else None,
            signature=SIGNATURE if signed else None,
            request_id=self.number + 1,
        )
        if reply.outcome is m.Outcome.REJECTED:
            return
        if reply.outcome is m.Outcome.ACCEPTED_CANCELED:
            self.canceled.add(self.number)
        self.number += 1

    def news(self, which: str, right: bool, good: bool) -> None:
        """The shell reports something, fitting or not."""
        number, update = self.number if right else OTHER, self._update()
        if which == "checked" and right and good and update.status is S.DOWNLOADED:
            self.proven.add(number)
        self.updates.do(
            {
                "fetched": m.FirmwareFetched(number),
                "not fetched": m.FirmwareNotFetched(number, "lost", again=good),
                "checked": m.FirmwareChecked(number, "ab" * 32, genuine=good),
                "installed": m.FirmwareInstalled(number),
                "not installed": m.FirmwareNotInstalled(number, "failed", sound=good),
            }[which]
        )

    def all_is_well(self, steps: int) -> None:
        """The shell does what it was asked for."""
        for _ in range(steps):
            fitting = WILLING.get(self._update().status)
            if fitting is not None:
                self.news(which=fitting, right=True, good=True)
            self.updates.tick()
            self.look()

    def wait(self, seconds: int) -> None:
        self.updates.tick(seconds)

    def charge(self) -> None:
        self.updates.plug()
        self.updates.admit(ANNA)
        self.updates.tick()

    def leave(self) -> None:
        self.updates.unplug()
        self.updates.tick(10)

    def line(self, online: bool) -> None:
        if online:
            Driver.online(self.updates)
        else:
            self.updates.offline()

    def start_again(self, new: bool) -> None:
        """The power was cut, or the station restarts; with new firmware or the old one."""
        self.look()
        self.starts += new
        version = StationIdentity(firmware_version=f"{self.starts}.0")
        self.updates = self.updates.again(identity=version)
        self.seen = 0

    def look(self) -> None:
        for event in self.updates.told[self.seen :]:
            self.ends[event.request_id] += event.status in OVER
        self.seen = len(self.updates.told)
        for effect in self.updates.asked:
            if isinstance(effect, m.InstallFirmware):
                assert effect.number in self.proven
        update = self._update()
        if update.status is S.INSTALLING:
            assert not self.updates.evse().busy
        assert max(self.ends.values(), default=0) <= 1
        assert not any(self.ends[number] for number in self.canceled)

    def end(self) -> None:
        """Left to itself with a willing shell every update ends."""
        self.updates.unplug()
        self.updates.online()
        for _ in range(4):
            self.updates.run(30, step_s=5)
            for which in ("fetched", "checked", "not installed"):
                self.news(which=which, right=True, good=True)
                self.updates.run(12, step_s=1)
            self.look()
        self.start_again(new=True)
        self.look()
        over = set(range(1, self.number + 1)) - self.canceled
        assert {number for number, ends in self.ends.items() if ends} == over

    def _update(self) -> Update:
        return self.updates.memory["firmware"]["update"]


NEWS = ("fetched", "not fetched", "checked", "installed", "not installed")
SCENES: tuple[tuple[str, dict[str, Any]], ...] = (
    *(
        ("order", {"signed": signed, "fetch_in_s": fetch_in_s, "install_in_s": install_in_s})
        for signed in (True, False)
        for fetch_in_s, install_in_s in ((0, 0), (4, 0), (0, 9))
    ),
    *(("news", {"which": each, "right": True, "good": False}) for each in NEWS),
    *(("news", {"which": each, "right": False, "good": True}) for each in NEWS),
    *(("news", {"which": each, "right": True, "good": True}) for each in NEWS),
    *(("all_is_well", {"steps": steps}) for steps in (1, 1, 2, 2, 3, 3)),
    *(("wait", {"seconds": seconds}) for seconds in (1, 3, 5)),
    *(("charge", {}), ("charge", {}), ("charge", {}), ("leave", {}), ("leave", {})),
    *(("line", {"online": online}) for online in (True, True, False)),
    *(("start_again", {"new": new}) for new in (True, False)),
)


@pytest.mark.requirement("L01.FR.06", "L01.FR.12", "L01.FR.33", "L02.FR.03")
@given(
    st.lists(st.sampled_from(SCENES), min_size=10, max_size=30),
    st.sampled_from(["1.6", "2.0.1"]),
    st.tuples(st.booleans(), st.booleans(), st.booleans()),
)
@settings(max_examples=100)
def test_nothing_unproven_is_installed_nobody_is_disturbed_and_every_update_ends_once(
    scenes, version, station
):
    story = Story(version, *station)
    for what, how in scenes:
        getattr(story, what)(**how)
        story.look()
    story.end()
