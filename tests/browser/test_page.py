"""What a person sees, live, at every width."""

from __future__ import annotations

from dataclasses import replace

import pytest
from playwright.sync_api import expect

from chargepoint.core.snapshot import FirmwareShown, ReservationShown


def test_the_page_shows_the_station_and_complains_about_nothing(page, complaints):
    expect(page.get_by_role("heading", level=1)).to_have_text("CP001")
    expect(page).to_have_title("CP001 – charge point")
    expect(page.locator("#station-make")).to_have_text("ChargePointAgent Agent · 0.1.0")
    expect(page.locator(".offer-number")).to_have_text("10.0")
    expect(page.locator(".state")).to_have_text("Charging")
    expect(page.locator(".link")).to_have_text("Connected, OCPP 2.0.1")
    expect(page.locator(".facts")).to_contain_text("8.42 kWh")
    expect(page.locator("#meters")).to_contain_text("18.2 A")
    expect(page.get_by_role("button", name="Smart", exact=True)).to_have_attribute(
        "aria-pressed", "true"
    )
    assert complaints == []


def test_the_binding_limit_is_a_sentence_and_the_marked_bar(page):
    expect(page.locator(".why")).to_have_text("Held at 10.0 A by TxDefaultProfile 7.")
    bars = page.locator(".limits li")
    expect(bars).to_have_count(4)
    expect(page.locator(".limits [data-binds]")).to_have_text("TxDefaultProfile 710.0 A")


def test_numbers_change_while_one_looks(page, station, fakes, complaints):
    number = page.locator(".offer-number").element_handle()
    limits = (fakes.LimitShown("mains L2 24.6/25 A", 6.4, 3), *fakes.EVSE.limits)
    station.change_evse(offer_a=6.4, limits=limits, binding="mains L2 24.6/25 A")

    expect(page.locator(".why")).to_have_text("Held at 6.4 A by mains L2 24.6/25 A.")
    assert number.text_content() == "6.4", "the element stayed, only its text changed"
    expect(page.locator(".limits li")).to_have_count(5)
    assert complaints == []


@pytest.mark.parametrize(
    ("fields", "state", "why"),
    [
        (
            {"offer_a": 0.0, "charging": False, "session": "plugged"},
            "Waiting for a card",
            "Nothing is offered now. Up to 10.0 A would be, held by TxDefaultProfile 7.",
        ),
        (
            {"offer_a": 0.0, "charging": False, "binding": None, "session": "idle"},
            "Free",
            "Nothing is offered.",
        ),
        ({"charging": False, "session": "authorized"}, "Waiting for the car", None),
    ],
)
def test_states_are_told_in_words(page, station, fields, state, why):
    station.change_evse(connectors=(), **fields)
    expect(page.locator(".state")).to_have_text(state)
    if why is not None:
        expect(page.locator(".why")).to_have_text(why)


def test_a_limit_that_leaves_too_little_says_so(page, station, fakes):
    low = (fakes.LimitShown("mains meter silent", 0.0, 3),)
    station.change_evse(offer_a=0.0, charging=False, limits=low, binding="mains meter silent")
    expect(page.locator(".why")).to_have_text(
        "mains meter silent leaves 0.0 A, less than the 6 A a car needs."
    )


def test_a_limit_tells_its_phases_and_its_end(page, station, fakes):
    night = fakes.LimitShown("TxProfile 7", 10.0, 1, "2031-05-06T12:30:00+00:00")
    station.change_evse(limits=(night,), binding="TxProfile 7", phases=1, phases_used=1)
    note = page.locator(".limit-note").first
    expect(note).to_contain_text("1 phase at most, until ")
    expect(note).to_contain_text(":30:00")
    expect(page.locator(".offer-side")).to_contain_text("on 1 phase")


def test_phases_are_told_with_what_the_car_uses_and_why(page, station):
    expect(page.locator(".offer-side")).to_have_text("6.9 kWon 3 phases")
    station.change_evse(phases=3, phases_used=1, phases_because="22.4/18 A for 3 phases")
    expect(page.locator(".offer-side")).to_contain_text("on 3 phases, the car uses 1")
    expect(page.locator(".offer-side")).to_contain_text("22.4/18 A for 3 phases")
    expect(page.locator(".facts")).to_contain_text("Contactor closed4 times")
    expect(page.locator(".facts")).to_contain_text("Phases changed2 times")


def test_a_fault_stands_where_the_sentence_stood(page, station):
    station.change_evse(fault="GroundFailure: earth leakage")
    expect(page.locator(".fault")).to_have_text("GroundFailure: earth leakage")
    expect(page.locator(".why")).to_be_hidden()
    expect(page.locator(".state")).to_have_text("Fault")


def test_being_offline_is_told_with_its_reason_and_the_queue(page, station, fakes):
    gone = replace(fakes.SNAPSHOT.ocpp, connected=False, queued=3, why="connection refused")
    station.change(ocpp=gone)
    expect(page.locator(".link")).to_have_text("Offline")
    expect(page.locator("#connection")).to_contain_text("connection refused")
    expect(page.locator(".queue")).to_have_text("3 messages wait to be delivered")
    expect(page.locator(".network")).to_have_text(
        "Network profile 1, security profile 2, attempt 1 of 3"
    )


def test_the_network_profile_is_told_with_the_order_of_the_others(page, station, fakes):
    network = replace(fakes.SNAPSHOT.ocpp.network, slot=2, order=(2, 1))
    station.change(ocpp=replace(fakes.SNAPSHOT.ocpp, network=network))
    expect(page.locator(".network")).to_have_text(
        "Network profile 2, security profile 2, order 2, 1"
    )


def test_a_station_on_its_own_is_not_called_offline(page, station, fakes):
    alone = replace(fakes.SNAPSHOT.ocpp, connected=False, version=None, url=None, network=None)
    station.change(ocpp=alone)
    expect(page.locator(".link")).to_have_text("On its own")
    expect(page.locator(".address")).to_have_text("No central system is configured")
    expect(page.get_by_role("button", name="Connect", exact=True)).to_be_disabled()


def test_a_silent_meter_is_marked_stale(page, station, fakes):
    silent = replace(fakes.MAINS, stale=True, trust="silent", age_s=14.0)
    station.change(meters=replace(fakes.SNAPSHOT.meters, mains=silent))
    expect(page.locator(".meter[data-stale] .meter-age")).to_contain_text("silent, 1")


def test_events_stand_newest_first_and_texts_stay_texts(page, station, fakes, complaints):
    news = ("2026-11-22T18:10:00Z", "<img src=x onerror=alert(1)>", 1)
    station.change(events=(*fakes.SNAPSHOT.events, news))
    expect(page.locator(".events li").first).to_contain_text("<img src=x onerror=alert(1)>")
    expect(page.locator(".events li")).to_have_count(6)
    assert complaints == []


def test_without_a_simulator_there_are_no_buttons_for_one(page, station):
    def take_away():
        station.door.sim = None
        station.door.change()

    station.call(take_away)
    expect(page.locator("#simulator")).to_be_hidden()


def test_a_lost_station_is_told_and_found_again(page, station, fakes):
    station.stop()
    expect(page.get_by_role("alert").first).to_contain_text("Connection to the station lost")
    assert page.locator("body").get_attribute("data-link") == "lost"

    station.change_evse(offer_a=13.0)
    station.start()

    expect(page.locator(".offer-number")).to_have_text("13.0")
    expect(page.locator("#lost")).to_be_empty()


def test_nothing_sticks_out_at_any_width(page, station, fakes):
    long = "mains L2 24.6/25 A with " + "averyverylongword" * 6
    limits = (*fakes.EVSE.limits, fakes.LimitShown(long, 6.0, 3))
    evse = replace(fakes.EVSE, limits=limits, binding=long, id_token="X" * 36)
    station.change(
        evses=(evse, replace(evse, id=2, fault=long)),
        warnings=(long,),
        ocpp=replace(fakes.SNAPSHOT.ocpp, connected=False, url=long, why=long),
        events=(("2026-11-22T18:10:00Z", long, 1),),
    )
    expect(page.locator("article.evse")).to_have_count(2)
    for width in (320, 390, 768, 1280):
        page.set_viewport_size({"width": width, "height": 844})
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_live_numbers_do_not_move_anything(page, station, fakes):
    """Numbers of other lengths, another binding limit: every box stays where it was."""
    page.set_viewport_size({"width": 390, "height": 844})
    boxes = "[...document.querySelectorAll('section, h2, .limits li')].map(e => e.offsetTop)"
    before = page.evaluate(boxes)
    fuse = replace(fakes.EVSE.limits[0], limit_a=5.0)
    station.change_evse(
        offer_a=0.0, power_w=0.0, limits=(fuse, *fakes.EVSE.limits[1:]), binding="fuse"
    )
    expect(page.locator(".why")).to_contain_text("fuse leaves")
    assert page.evaluate(boxes) == before


def test_everything_can_be_reached_and_is_named(page):
    unnamed = page.evaluate(
        """[...document.querySelectorAll("button, input, select")].filter(
            (e) => !(e.textContent.trim() || e.labels?.length || e.ariaLabel)).length"""
    )
    assert unnamed == 0
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the charging points")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#evses")).to_be_focused()


def test_who_is_expected_stands_in_a_card_of_its_own(page, station, complaints):
    card = page.locator("#reservations")
    expect(card).to_be_hidden()
    one = ReservationShown(7, 1, None, "…0001", "2026-11-22T19:00:00Z")
    some = ReservationShown(8, None, "cType2", "…0002", "2026-11-22T20:00:00Z")
    station.change(reservations=(one, some))
    expect(card.locator("li").first).to_contain_text("EVSE 1 for …0001 until")
    expect(card.locator("li").last).to_contain_text("any EVSE cType2 for …0002 until")
    station.change(reservations=())
    expect(card).to_be_hidden()
    assert complaints == []


def test_the_last_firmware_update_stands_in_a_card_of_its_own(page, station, complaints):
    card = page.locator("#firmware")
    expect(card).to_be_hidden()
    update = FirmwareShown(
        "InstallScheduled",
        True,
        "new firmware waits to be installed",
        None,
        "https://files/new.bin",
        True,
        7,
        "2026-11-22T19:00:00Z",
        "2026-11-22T20:00:00Z",
    )
    station.change(firmware=update)
    expect(card).to_contain_text("New firmware waits to be installed until")
    expect(card).to_contain_text("Signed, https://files/new.bin")
    station.change(firmware=replace(update, until=None, why="404"))
    expect(card).to_contain_text("404")
    assert complaints == []
