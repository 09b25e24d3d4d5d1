"""What a person presses, and what of it reaches the station."""

from __future__ import annotations

from dataclasses import replace

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
    expect(page.get_by_label("Car is ready")).to_be_disabled()
    expect(page.get_by_label("Car asks for")).to_be_disabled()

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
