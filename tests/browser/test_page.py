"""What a person sees and presses, and what reaches the station."""

from __future__ import annotations

from dataclasses import replace

import pytest
from playwright.sync_api import expect

from chargepoint.core.messages import Outcome, Override, PresentToken, Reply, SetMode
from chargepoint.core.words import Token
from hardware.api import NotNow


def asked(station, count=1):
    """Return the last *count* things the station was asked."""
    return station.call(lambda: station.door.asked[-count:])


def asked_sim(station):
    return station.call(lambda: station.door.sim.asked[-1])


def answered(page):
    """Wait until a POST that is sent meanwhile has its answer."""
    return page.expect_response(lambda response: response.request.method == "POST")


def press(page, name):
    """Press a button, and wait until the station has answered."""
    with answered(page) as answer:
        page.get_by_role("button", name=name, exact=True).first.click()
    return answer.value.status


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


def test_a_silent_meter_is_marked_stale(page, station, fakes):
    silent = replace(fakes.MAINS, stale=True, age_s=14.0)
    station.change(meters=replace(fakes.SNAPSHOT.meters, mains=silent))
    expect(page.locator(".meter[data-stale] .meter-age")).to_contain_text("stale, 1")


def test_events_stand_newest_first_and_texts_stay_texts(page, station, fakes, complaints):
    news = ("2026-11-22T18:10:00Z", "<img src=x onerror=alert(1)>", 1)
    station.change(events=(*fakes.SNAPSHOT.events, news))
    expect(page.locator(".events li").first).to_contain_text("<img src=x onerror=alert(1)>")
    expect(page.locator(".events li")).to_have_count(6)
    assert complaints == []


def test_the_mode_buttons_ask_for_a_mode(page, station):
    assert press(page, "Solar") == 202
    assert asked(station) == [SetMode("solar")]


def test_a_card_is_held_to_the_reader(page, station):
    page.get_by_label("Card", exact=True).fill(" 04AB12CD ")
    assert press(page, "Hold to reader") == 202
    assert asked(station) == [PresentToken(Token("04AB12CD"))]


def test_a_card_can_be_meant_for_one_evse(page, station, fakes):
    station.change(evses=(fakes.EVSE, replace(fakes.EVSE, id=2)))
    page.locator("#wishes form").first.get_by_label("EVSE").select_option("2")
    page.get_by_label("Card", exact=True).fill("A1")
    with answered(page):
        page.get_by_label("Card", exact=True).press("Enter")
    assert asked(station) == [PresentToken(Token("A1"), (2,))]


def test_the_users_limit_is_set_and_cleared(page, station):
    page.get_by_label("Limit in A").fill("8.5")
    assert press(page, "Set") == 202
    assert press(page, "Clear") == 202
    assert asked(station, 2) == [Override(8.5), Override(None)]
    expect(page.get_by_label("Limit in A")).to_have_value("")


def test_the_link_can_be_left_and_taken_up_again(page, station, fakes):
    assert press(page, "Disconnect") == 202
    station.change(ocpp=replace(fakes.SNAPSHOT.ocpp, connected=False, why="asked to stay offline"))
    expect(page.get_by_role("button", name="Connect", exact=True)).to_be_enabled()
    assert press(page, "Connect") == 202
    assert asked(station, 2) == [("online", False), ("online", True)]


def test_a_refusal_is_told_to_the_person(page, station):
    station.door.reply = Reply(Outcome.CONFLICT, info="this mode needs a mains meter")
    assert press(page, "Solar") == 409
    expect(page.get_by_role("status").last).to_have_text("Not done: this mode needs a mains meter")


def test_the_car_leaves_and_another_comes(page, station):
    assert press(page, "Unplug") == 202
    assert asked_sim(station) == ("unplug", 1, {"end": "both"})

    page.get_by_label("Car's phases").select_option("1")
    page.get_by_label("Car's limit").select_option("16")
    assert press(page, "Plug in") == 202
    name, evse_id, car = asked_sim(station)
    assert (name, evse_id, car["max_current_a"], car["phases"]) == ("plug_in", 1, 16.0, 1)
    expect(page.get_by_role("button", name="Plug in", exact=True)).to_be_disabled()


def test_switches_and_lists_of_the_simulator(page, station):
    with answered(page):
        page.get_by_label("Car is ready").click()
    assert asked_sim(station) == ("set", 1, {"ready": False})

    with answered(page):
        page.get_by_label("Contactor is welded").click()
    assert asked_sim(station) == ("set", 1, {"welded": True})

    with answered(page):
        page.get_by_label("Fault", exact=True).select_option("GroundFailure")
    assert asked_sim(station) == ("set", 1, {"fault": {"code": "GroundFailure"}})

    with answered(page):
        page.get_by_label("Fault", exact=True).select_option("")
    assert asked_sim(station) == ("set", 1, {"fault": None})

    with answered(page):
        page.get_by_label("Pilot held at").select_option("E")
    assert asked_sim(station) == ("set", 1, {"pilot": "E"})


def test_sliders_of_the_simulator(page, station):
    for label, value, expected in (
        ("Car asks for", "12", ("set", 1, {"requested_current_a": 12.0})),
        ("Temperature", "80", ("set", 1, {"temperature_c": 80.0})),
        ("House on L3", "7.5", ("world", {"house_a": (2.0, 8.0, 7.5)})),
        ("Sun on the roof", "4000", ("world", {"solar_w": 4000.0})),
    ):
        with answered(page):
            page.get_by_label(label).fill(value)
        assert asked_sim(station) == expected


def test_what_the_simulator_refuses_springs_back(page, station):
    def refuse(*_):
        raise NotNow("no car is plugged in at EVSE 1")

    station.door.sim.set_evse = refuse
    for control, change, back in (
        ("Car is ready", lambda one: one.click(), lambda one: expect(one).to_be_checked()),
        ("Car asks for", lambda one: one.fill("9"), lambda one: expect(one).to_have_value("32")),
        (
            "Pilot held at",
            lambda one: one.select_option("E"),
            lambda one: expect(one).to_have_value(""),
        ),
    ):
        one = page.get_by_label(control)
        with answered(page):
            change(one)
        back(one)
    expect(page.locator("#toast")).to_have_text("Not done: no car is plugged in at EVSE 1")


def test_the_oven_goes_on_and_the_mains_meter_fails(page, station):
    with answered(page):
        page.get_by_label("Oven, 15 A on L2").click()
    assert asked_sim(station) == ("world", {"appliances": {"oven": True}})
    expect(page.get_by_label("Oven, 15 A on L2")).to_be_checked()
    expect(page.get_by_label("Heat pump, 5 A on L1, L2, L3")).not_to_be_checked()

    assert press(page, "Silent") == 202
    assert asked_sim(station) == ("world", {"mains_meter": "silent"})


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
