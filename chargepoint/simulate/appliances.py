"""Loads as they are switched in real houses, roofs under clouds, and a home battery. Pure.

A load is a list of switchings: from when on it draws how much. Chance comes from outside,
seeded, so that a household has the same day every time.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import pi, pow, sin
from random import Random

from chargepoint.simulate.day import DAY_S, HOUR_S

Switching = tuple[float, float]
"""(from when on, amperes); of a roof it is watts."""

SUNRISE_H, SUNSET_H = 5.2, 21.6
CLEAR = 0.82  # of its peak power is the most a roof gives on a summer's day
BULGE = 1.4  # morning and evening sun come in flat
MINUTE_S = 60


def used(at_h: float, minutes: float, amps: float) -> list[Switching]:
    """Return something used once: a kettle, a hair dryer."""
    at_s = round(at_h * HOUR_S)
    return [(at_s, amps), (at_s + round(minutes * MINUTE_S), 0.0)]


def programme(at_h: float, *steps: tuple[float, float]) -> list[Switching]:
    """Return a machine that goes through *steps* of (minutes, amperes): a washing machine."""
    switchings: list[Switching] = []
    at_s = float(round(at_h * HOUR_S))
    for minutes, amps in steps:
        switchings.append((at_s, amps))
        at_s += round(minutes * MINUTE_S)
    return [*switchings, (at_s, 0.0)]


def thermostat(
    begin_h: float,
    end_h: float,
    on_s: float,
    off_s: float,
    amps: float,
    chance: Random,
    warm_up_s: float = 0.0,
) -> list[Switching]:
    """Return what a thermostat switches: on at *begin_h* for *warm_up_s*, then in pulses that
    are never quite the same: an oven, a boiler, a heat pump."""
    at_s, end_s = begin_h * HOUR_S, end_h * HOUR_S
    switchings: list[Switching] = []
    lasts_s = max(warm_up_s, on_s)
    while at_s < end_s:
        off_at_s = min(at_s + lasts_s * chance.uniform(0.8, 1.2), end_s)
        switchings += [(round(at_s), amps), (round(off_at_s), 0.0)]
        at_s = off_at_s + off_s * chance.uniform(0.8, 1.2)
        lasts_s = on_s
    return switchings


def flicker(mean_a: float, chance: Random, every_min: float = 7.0) -> list[Switching]:
    """Return what is always on, more in the evening than at night: lights, screens, stand-by."""
    switchings: list[Switching] = []
    at_s = 0.0
    while at_s < DAY_S:
        hour = at_s / HOUR_S
        awake = 0.45 if hour < 6.0 else 1.0 if hour < 18.0 else 1.6 if hour < 23.0 else 0.7
        switchings.append((round(at_s), round(mean_a * awake * chance.uniform(0.7, 1.3), 2)))
        at_s += every_min * MINUTE_S * chance.uniform(0.5, 1.5)
    return switchings


def sun(peak_kw: float, clear: float, chance: Random) -> list[Switching]:
    """Return (time, watts) of a roof: a bow, with notches where clouds pass. *clear* 0..1 is how
    much of the sky is without clouds."""
    points: list[Switching] = [(0.0, 0.0), (SUNRISE_H * HOUR_S, 0.0)]
    at_s, end_s = SUNRISE_H * HOUR_S, SUNSET_H * HOUR_S
    while at_s < end_s - 4 * MINUTE_S:
        free = chance.random() < clear
        share = chance.uniform(0.92, 1.0) if free else chance.uniform(0.2, 0.6)
        lasts_s = chance.uniform(600, 2400) if free else chance.uniform(120, 720)
        begins_s = at_s + chance.uniform(20, 60)
        at_s = min(at_s + lasts_s, end_s - 2 * MINUTE_S)
        points += [
            (round(second), round(peak_kw * 1000.0 * share * _bow(second)))
            for second in _spread(begins_s, at_s)
        ]
    return [*points, (end_s, 0.0), (DAY_S, 0.0)]


def _spread(begin_s: float, end_s: float) -> Iterator[float]:
    """Yield times from *begin_s* to *end_s*, some minutes apart."""
    at_s = begin_s
    while at_s < end_s:
        yield at_s
        at_s += 5 * MINUTE_S
    if begin_s < end_s:
        yield end_s


def _bow(at_s: float) -> float:
    """Return the clear sky's part of the peak power at *at_s*."""
    day = (at_s / HOUR_S - SUNRISE_H) / (SUNSET_H - SUNRISE_H)
    return CLEAR * pow(max(0.0, sin(pi * min(max(day, 0.0), 1.0))), BULGE)
