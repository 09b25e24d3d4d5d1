"""New firmware: L01 and L02 of 2.0.1, the same in 1.6 and its security extension."""

from __future__ import annotations

from dataclasses import replace

import pytest
from authority import Authority
from core.driver import ANNA, BERT
from core.firmware.updates import LOCATION, SHA256, SIGNATURE, S, Updates, later

from chargepoint.core import messages as m
from chargepoint.core.config import EvseConfig, FirmwareConfig, StationIdentity, Unsigned
from chargepoint.core.messages import TxPhase
from chargepoint.core.words import BootReason, CertificateUse

MAKER_ROOT = CertificateUse.MANUFACTURER_ROOT
TWO = (EvseConfig(1), EvseConfig(2))
OLD, NEW = StationIdentity(firmware_version="1.0"), StationIdentity(firmware_version="2.0")


def trusting(updates: Updates, maker) -> Updates:
    updates.do(m.InstallCertificate(MAKER_ROOT, maker.pem))
    return updates


@pytest.mark.requirement(
    "L02.FR.01", "L02.FR.02", "L02.FR.06", "L02.FR.20", "L02.FR.21", "1.6 5.19", "1.6 4.5"
)
def test_firmware_is_fetched_installed_and_told_by_the_one_that_runs_then(updates):
    assert updates.order().outcome is m.Outcome.ACCEPTED
    assert updates.last(m.FetchFirmware) == m.FetchFirmware(1, LOCATION)
    updates.fetched()
    assert updates.last(m.CheckFirmware) == m.CheckFirmware(1, None, "")
    updates.checked()
    assert updates.last(m.InstallFirmware) == m.InstallFirmware(1, SHA256)
    updates.installed()
    assert updates.asked[-1] == m.Restart(BootReason.FIRMWARE_UPDATE)

    after = updates.again(identity=NEW)
    assert updates.statuses == [S.DOWNLOADING, S.DOWNLOADED, S.INSTALLING, S.INSTALL_REBOOTING]
    assert after.statuses == [S.INSTALLED]
    assert after.security == ["FirmwareUpdated"]
    assert m.DropFirmware() in after.asked
    assert {each.request_id for each in (*updates.told, *after.told)} == {7}
    after.do(m.LinkUp(after.dialect))
    assert m.Boot(BootReason.FIRMWARE_UPDATE) in after.live


@pytest.mark.requirement(
    "L01.FR.01", "L01.FR.04", "L01.FR.05", "L01.FR.10", "L01.FR.28", "L01.FR.31", "L01.FR.32"
)
def test_signed_firmware_is_installed_when_its_maker_is_trusted(updates, maker, signer):
    trusting(updates, maker)
    pem = signer()
    assert updates.order(certificate_pem=pem, signature=SIGNATURE).outcome is m.Outcome.ACCEPTED
    updates.fetched()
    assert updates.last(m.CheckFirmware) == m.CheckFirmware(1, pem, SIGNATURE)
    updates.checked()
    updates.installed()

    assert updates.statuses == [
        S.DOWNLOADING,
        S.DOWNLOADED,
        S.SIGNATURE_VERIFIED,
        S.INSTALLING,
        S.INSTALL_REBOOTING,
    ]
    assert all(each.signed for each in updates.told)
    assert updates.again().security == ["FirmwareUpdated"]


@pytest.mark.requirement("L01.FR.02", "L01.FR.12", "L01.FR.21", "L01.FR.22")
@pytest.mark.parametrize("given", ["other", "none", "garbage", "chain", "expired", "early"])
def test_a_certificate_that_does_not_vouch_is_refused_at_once(updates, maker, signer, given):
    trusting(updates, maker)
    pem = {
        "other": lambda: signer(Authority("Other")),
        "none": lambda: None,
        "garbage": lambda: "garbage",
        "chain": lambda: signer() + maker.pem,
        "expired": lambda: signer(until=later(-1)),
        "early": lambda: signer(since=later(60)),
    }[given]()
    reply = updates.order(certificate_pem=pem, signature=SIGNATURE)

    assert reply.outcome is m.Outcome.INVALID_CERTIFICATE
    assert updates.security == ["InvalidFirmwareSigningCertificate"]
    assert updates.told == []
    assert not any(isinstance(each, m.FetchFirmware) for each in updates.asked)


def test_without_a_root_nobody_can_vouch(updates, signer):
    reply = updates.order(certificate_pem=signer(), signature=SIGNATURE)
    assert reply.outcome is m.Outcome.INVALID_CERTIFICATE


def test_a_root_whose_time_is_over_vouches_for_nobody(updates, signer):
    old = Authority("Old", until=later(60))
    trusting(updates, old)
    updates.run(70, step_s=10)
    reply = updates.order(certificate_pem=signer(old), signature=SIGNATURE)
    assert reply.outcome is m.Outcome.INVALID_CERTIFICATE


@pytest.mark.requirement("L01.FR.03", "L01.FR.12")
def test_a_bad_signature_ends_it(updates, maker, signer):
    trusting(updates, maker)
    updates.order(certificate_pem=signer(), signature=SIGNATURE)
    updates.fetched()
    updates.checked(genuine=False)

    assert updates.statuses[-1] is S.INVALID_SIGNATURE
    assert updates.security == ["InvalidFirmwareSignature"]
    assert updates.asked[-1] == m.DropFirmware()
    updates.run(5)
    assert updates.statuses[-1] is S.INVALID_SIGNATURE


@pytest.mark.parametrize(
    ("unsigned", "with_root", "accepted"),
    [
        (Unsigned.ALWAYS, True, True),
        (Unsigned.ALWAYS, False, True),
        (Unsigned.WITHOUT_ROOT, True, False),
        (Unsigned.WITHOUT_ROOT, False, True),
        (Unsigned.NEVER, False, False),
    ],
)
@pytest.mark.requirement("1.6 security L01.FR.20", "TC_L_18_CS")
def test_who_trusts_a_maker_takes_nothing_unsigned(maker, unsigned, with_root, accepted):
    updates = Updates("2.0.1", firmware=FirmwareConfig(can_install=True, unsigned=unsigned))
    if with_root:
        trusting(updates, maker)
    wanted = m.Outcome.ACCEPTED if accepted else m.Outcome.UNSUPPORTED
    assert updates.order().outcome is wanted


@pytest.mark.parametrize("version", ["1.6", "2.0.1"])
def test_a_station_without_an_installer_says_so(version):
    updates = Updates(version, firmware=FirmwareConfig())
    assert updates.order().outcome is m.Outcome.UNSUPPORTED
    assert updates.statuses == []


@pytest.mark.requirement("1.6 9.1.23")
def test_a_feature_that_is_switched_off_is_not_there():
    updates = Updates("1.6").online()
    updates.set("Ocpp16Ctrlr", "SupportedFeatureProfiles", "Core")
    assert updates.order().outcome is m.Outcome.UNSUPPORTED


# --- fetching ----------------------------------------------------------------------------------


@pytest.mark.requirement("L01.FR.13", "L02.FR.07", "1.6 5.19", "1.6 6.55")
def test_it_is_fetched_at_its_time(updates):
    updates.order(retrieve_at=later(60))
    assert updates.statuses == [S.DOWNLOAD_SCHEDULED]
    updates.run(50, step_s=10)
    assert updates.statuses == [S.DOWNLOAD_SCHEDULED]
    updates.run(20, step_s=10)
    assert updates.statuses == [S.DOWNLOAD_SCHEDULED, S.DOWNLOADING]
    assert updates.last(m.FetchFirmware).number == 1


@pytest.mark.requirement("L01.FR.13")
def test_its_time_is_the_calendars_also_when_the_clock_jumps(one):
    one.order(retrieve_at=later(3600))
    one.now = replace(one.now, utc=later(3600))
    one.tick()
    assert one.statuses[-1] is S.DOWNLOADING


@pytest.mark.requirement("L01.FR.30", "L02.FR.19", "1.6 6.55")
def test_it_is_tried_as_often_as_was_said(updates):
    updates.order(retries=2, retry_interval_s=30)
    for tries in (1, 2):
        updates.asked.clear()
        updates.lost(again=False)
        updates.run(29, step_s=1)
        assert updates.asked == []
        updates.run(2, step_s=1)
        assert updates.asked == [m.FetchFirmware(1, LOCATION)], tries
    updates.lost("404")

    assert updates.statuses == [S.DOWNLOADING, S.DOWNLOAD_FAILED]
    assert updates.asked[-1] == m.DropFirmware()


def test_where_nothing_is_said_only_what_may_get_better_is_tried_again(one):
    one.order()
    for _ in range(3):
        one.lost()
        one.run(12, step_s=1)
    assert one.statuses == [S.DOWNLOADING]
    one.lost()
    assert one.statuses == [S.DOWNLOADING, S.DOWNLOAD_FAILED]

    one.order()
    one.lost(again=False)
    assert one.statuses[-1] is S.DOWNLOAD_FAILED


@pytest.mark.requirement("L01.FR.14", "L02.FR.08")
def test_without_a_line_it_is_paused_and_no_try_is_lost(updates):
    updates.order(retries=0)
    updates.offline()
    updates.lost()
    updates.run(600, step_s=60)
    assert updates.statuses == [S.DOWNLOADING, S.DOWNLOAD_PAUSED]

    updates.online()
    assert updates.statuses[-1] is S.DOWNLOADING
    assert updates.asked == [] or updates.last(m.FetchFirmware).number == 1
    updates.here()
    assert updates.statuses[-1] is S.INSTALLING


def test_a_file_that_goes_astray_is_fetched_again(one):
    one.order(retries=1, retry_interval_s=0)
    one.fetched()
    one.lost("update-1: No such file")
    one.tick()
    assert one.statuses == [S.DOWNLOADING, S.DOWNLOADED, S.DOWNLOADING]
    assert isinstance(one.asked[-1], m.FetchFirmware)


def test_news_of_another_update_or_too_late_change_nothing(one):
    one.order()
    before = one.memory["firmware"]["update"]
    for news in (
        m.FirmwareFetched(9),
        m.FirmwareNotFetched(9, "", True),
        m.FirmwareChecked(1, SHA256, True),
        m.FirmwareInstalled(1),
        m.FirmwareNotInstalled(1, ""),
    ):
        one.do(news)
    assert one.memory["firmware"]["update"] == before


# --- installing --------------------------------------------------------------------------------


@pytest.mark.requirement("L01.FR.16", "L02.FR.10", "1.6 security L01.FR.17")
def test_it_is_installed_at_its_time_and_cars_charge_until_then(one):
    one.order(install_at=later(60))
    one.here()
    assert one.statuses[-1] is S.INSTALL_SCHEDULED
    one.run(20, step_s=1)
    assert one.status == "Available"
    one.run(60, step_s=1)
    assert one.statuses[-1] is S.INSTALLING


@pytest.mark.requirement("L01.FR.06", "L01.FR.07", "L01.FR.33", "L01.FR.34", "TC_L_15_CS")
@pytest.mark.requirement("L02.FR.03", "L02.FR.04", "L02.FR.22", "L02.FR.23", "1.6 5.19")
@pytest.mark.parametrize("version", ["1.6", "2.0.1"])
def test_it_waits_for_who_charges_and_nobody_new_begins(version):
    updates = Updates(version, evses=TWO).online()
    updates.charge(ANNA, 1)
    updates.order()
    updates.here()
    assert updates.statuses[-1] is S.INSTALL_SCHEDULED
    assert updates.shown(2).connectors[0].status == "Unavailable"
    updates.plug(2)
    updates.admit(BERT, 2)
    updates.run(5)
    assert updates.shown(1).charging
    assert not updates.closed(2)

    updates.card(ANNA, 1)
    updates.run(3)
    assert updates.statuses[-1] is S.INSTALLING
    assert updates.tx[-1].phase is TxPhase.ENDED


@pytest.mark.requirement("L01.FR.07", "L02.FR.04", "TC_L_14_CS")
def test_others_may_begin_meanwhile_where_that_is_allowed():
    updates = Updates("2.0.1", evses=TWO).online()
    updates.set("ChargingStation", "AllowNewSessionsPendingFirmwareUpdate", "true")
    updates.charge(ANNA, 1)
    updates.order()
    updates.here()
    updates.charge(BERT, 2)
    assert updates.closed(2)

    for evse_id, token in ((1, ANNA), (2, BERT)):
        updates.card(token, evse_id)
        updates.run(3)
    assert updates.statuses[-1] is S.INSTALLING
    assert updates.shown(2).connectors[0].status != "Available"


@pytest.mark.requirement("B11.FR.06")
def test_no_reset_disturbs_an_installation(one):
    one.order()
    one.here()
    reply = one.do(m.Reset(soft=False))
    assert (reply.outcome, reply.reason) == (m.Outcome.REJECTED, "FwUpdateInProgress")


def test_a_reset_that_waits_goes_first():
    updates = Updates("2.0.1").online()
    updates.charge()
    assert updates.do(m.Reset(soft=True)).outcome is m.Outcome.SCHEDULED
    updates.order()
    updates.here()
    updates.card(ANNA)
    updates.run(15)

    assert m.Restart(BootReason.SCHEDULED_RESET) in updates.asked
    after = updates.again().online()
    after.tick()
    assert after.statuses[-1] is S.INSTALLING


@pytest.mark.requirement("L01.FR.29", "TC_L_08_CS")
@pytest.mark.parametrize(
    ("sound", "status"), [(True, S.INSTALLATION_FAILED), (False, S.INSTALL_VERIFICATION_FAILED)]
)
def test_what_cannot_be_installed_leaves_the_old_one_at_work(updates, sound, status):
    updates.order()
    updates.here()
    assert updates.status == "Unavailable"
    updates.do(m.FirmwareNotInstalled(1, "exit 3", sound))
    updates.tick()

    assert updates.statuses[-1] is status
    assert updates.status == "Available"
    after = updates.again()
    after.do(m.LinkUp(after.dialect))
    assert m.Boot(BootReason.POWER_UP) in after.live


# --- one after the other -------------------------------------------------------------------------


@pytest.mark.requirement("L01.FR.24", "L02.FR.15", "TC_L_10_CS")
@pytest.mark.parametrize("steps", range(3))
def test_a_new_order_takes_the_place_of_one_not_yet_installed(updates, steps):
    if steps == 2:
        updates.charge()
    updates.order(install_at=None, retrieve_at=later(0 if steps else 60))
    if steps == 2:
        updates.here()
    updates.asked.clear()
    reply = updates.order(request_id=8, location="http://other")

    assert reply.outcome is m.Outcome.ACCEPTED_CANCELED
    assert updates.asked == [m.DropFirmware(), m.FetchFirmware(2, "http://other")]
    assert updates.told[-1] == m.FirmwareProgress(S.DOWNLOADING, 8, False)
    before = len(updates.told)
    updates.do(m.FirmwareFetched(1))
    assert len(updates.told) == before


@pytest.mark.requirement("L01.FR.27", "L02.FR.18", "TC_L_11_CS")
def test_an_installation_goes_on_whoever_orders_another(one):
    one.order()
    one.here()
    reply = one.order(request_id=8)
    assert (reply.outcome, reply.reason) == (m.Outcome.REJECTED, "FwUpdateInProgress")
    one.installed()
    assert one.order(request_id=8).outcome is m.Outcome.REJECTED


@pytest.mark.requirement("L01.FR.24")
def test_an_installation_that_can_be_stopped_is():
    updates = Updates("2.0.1", firmware=FirmwareConfig(can_install=True, can_cancel=True)).online()
    updates.order()
    updates.here()
    assert updates.order(request_id=8).outcome is m.Outcome.ACCEPTED_CANCELED
    assert "reason" not in updates.memory.get("boot", {})
    updates.here()
    updates.installed()
    assert updates.order(request_id=9).outcome is m.Outcome.REJECTED


def test_a_refused_order_leaves_the_running_one_alone(one, signer):
    one.order()
    one.order(certificate_pem=signer(), signature=SIGNATURE)
    one.here()
    assert one.statuses[-1] is S.INSTALLING


# --- starts ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("told", "config", "status"),
    [
        (NEW, {}, S.INSTALLED),
        (OLD, {}, S.INSTALLED),
        (OLD, {"must_change": True}, S.INSTALLATION_FAILED),
        (NEW, {"must_change": True}, S.INSTALLED),
    ],
)
@pytest.mark.requirement("L01.FR.32")
def test_after_the_restart_the_version_tells_whether_it_is_the_new_one(told, config, status):
    firmware = FirmwareConfig(can_install=True, **config)
    updates = Updates("2.0.1", firmware=firmware, identity=OLD).online()
    updates.order()
    updates.here()
    updates.installed()

    after = updates.again(identity=told)
    assert after.statuses == [status]
    assert after.again(identity=told).statuses == []


@pytest.mark.parametrize(("told", "status"), [(NEW, S.INSTALLED), (OLD, S.INSTALLATION_FAILED)])
def test_a_cut_in_the_installation_is_judged_by_the_version(told, status):
    updates = Updates("2.0.1", identity=OLD).online()
    updates.order()
    updates.here()
    assert updates.again(identity=told).statuses == [status]


def test_after_a_cut_it_goes_on_from_the_step_before(one):
    one.order(retrieve_at=later(60), install_at=later(600))
    one = one.again()
    assert one.asked == []
    one.run(70, step_s=10)
    one = one.again()
    assert one.asked == [m.FetchFirmware(1, LOCATION)]
    one.fetched()
    one = one.again()
    assert one.asked == [m.CheckFirmware(1, None, "")]
    one.checked()
    assert one.statuses == [S.INSTALL_SCHEDULED]
    one = one.again()
    one.run(600, step_s=10)
    assert one.statuses == [S.INSTALLING]


# --- being asked -------------------------------------------------------------------------------


@pytest.mark.requirement("L01.FR.25", "L01.FR.26", "L02.FR.16", "L02.FR.17", "F06.FR.16")
@pytest.mark.requirement("1.6 security L01.FR.28", "1.6 security L01.FR.29", "1.6 4.5")
@pytest.mark.parametrize(
    ("version", "message", "after_failure"),
    [
        ("1.6", "FirmwareStatusNotification", "Idle"),
        ("1.6", "SignedFirmwareStatusNotification", "DownloadFailed"),
        ("2.0.1", "FirmwareStatusNotification", "DownloadFailed"),
    ],
)
def test_a_trigger_tells_the_last_status(version, message, after_failure):
    updates = Updates(version).online()

    def asked():
        updates.live.clear()
        assert updates.do(m.TriggerMessage(message)).outcome is m.Outcome.ACCEPTED
        (event,) = updates.live
        assert event.message == message
        return "Idle" if isinstance(event, m.IdleNotice) else event.status

    assert asked() == "Idle"
    updates.order(retries=0)
    assert asked() == "Downloading"
    updates.lost()
    assert asked() == after_failure
    updates.order()
    updates.here()
    updates.installed()
    updates = updates.again().online()
    assert asked() == "Idle"


def test_the_screen_shows_where_it_is_without_secrets(one):
    assert one.station.snapshot(0, None, None, one.now).firmware is None
    one.order(retrieve_at=later(60))
    shown = one.station.snapshot(0, None, None, one.now).firmware
    assert shown.source == "https://files.example/new.bin"
    assert (shown.status, shown.running) == ("DownloadScheduled", True)
    assert shown.until == "2030-06-01T12:01:00+00:00"
    assert "secret" not in " ".join(one.notes)
    assert "secret" not in repr(one.asked)

    one.run(70, step_s=10)
    one.lost("404", again=False)
    shown = one.station.snapshot(0, None, None, one.now).firmware
    assert (shown.status, shown.running, shown.why) == ("DownloadFailed", False, "404")
    assert shown.until is None


def test_a_location_that_is_none_is_shown_as_nothing(one):
    one.order(location="http://[")
    assert one.station.snapshot(0, None, None, one.now).firmware.source == ""
