"""What settings must be to each other. Each check is a row; all of them run."""

from __future__ import annotations

import ipaddress
from collections import Counter
from collections.abc import Callable, Iterator

from chargepoint.core.config import SecondContactor
from chargepoint.settings.convert import evse_config
from chargepoint.settings.drivers import driver_mistakes
from chargepoint.settings.mistakes import Mistake, Place, dotted
from chargepoint.settings.model import Settings
from chargepoint.settings.pem import check_authorities, check_key_pair, read_pem

Check = Callable[[Settings], Iterator[Mistake]]

PASSWORD_PROFILES = (1, 2)
TLS_PROFILES = (2, 3)
TLS_LISTS = ("csms_root_ca", "manufacturer_root_ca", "v2g_root_ca", "mo_root_ca")
LONGEST_16 = 20  # CiString20 of OCPP 1.6: chargePointVendor, idTag


def all_mistakes(settings: Settings) -> Iterator[Mistake]:
    """Find every mistake in *settings* whose values are allowed one by one."""
    for check in CHECKS:
        yield from check(settings)


def is_loopback(host: str) -> bool:
    """Return whether only this machine reaches *host*."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def _open_door(settings: Settings) -> Iterator[Mistake]:
    host, _ = settings.api.address
    if settings.api.password is None and not is_loopback(host):
        text = f"is needed, because api.bind {host} can be reached by others; allowed: a text"
        yield Mistake(("api", "password"), text)


def _security(settings: Settings) -> Iterator[Mistake]:
    """OCPP 2.0.1 part 2 A 1.3; the user name by part 4 section 3.1.1 has no colon."""
    csms = settings.csms
    place: Place = ("csms", "security_profile")
    profile = csms.security_profile
    if not csms.url:
        return
    if profile in TLS_PROFILES and not csms.url.startswith("wss:"):
        yield Mistake(place, f"{profile} needs a csms.url that begins with wss://")
    if profile in PASSWORD_PROFILES and not _has_password(settings):
        text = f"is needed by security_profile {profile}; allowed: a text"
        yield Mistake(("csms", "basic_auth_password"), text)
    if profile in PASSWORD_PROFILES and ":" in settings.station.id:
        text = f"a colon is not allowed with security_profile {profile}: it ends the user name"
        yield Mistake(("station", "id"), text)


def _has_password(settings: Settings) -> bool:
    """The password may also come with the seeds, by the name that OCPP has for it."""
    seeds = {key.casefold() for key in settings.ocpp16}
    seeds |= {seed.variable.casefold() for seed in settings.ocpp201.variables}
    names = {"authorizationkey", "basicauthpassword"}
    return settings.csms.basic_auth_password is not None or bool(seeds & names)


def _versions(settings: Settings) -> Iterator[Mistake]:
    versions = settings.csms.ocpp_versions
    if len(set(versions)) < len(versions):
        yield Mistake(("csms", "ocpp_versions"), "each version at most once")
    if "1.6" not in versions:
        return
    for place, text in (
        (("station", "vendor"), settings.station.vendor),
        (("offline", "free_vend_token"), settings.offline.free_vend_token),
    ):
        if len(text) > LONGEST_16:
            yield Mistake(place, f"at most {LONGEST_16} characters with OCPP 1.6")


def _certificates(settings: Settings) -> Iterator[Mistake]:
    for name in TLS_LISTS:
        for position, value in enumerate(getattr(settings.tls, name)):
            try:
                check_authorities(value)
            except ValueError as error:
                text = f"{error}; allowed: the path of a PEM file, or PEM text"
                yield Mistake(("tls", name, position), text)


def _key_pair(settings: Settings) -> Iterator[Mistake]:
    tls = settings.tls
    for have, want in (("client_cert", "client_key"), ("client_key", "client_cert")):
        if getattr(tls, have) and not getattr(tls, want):
            yield Mistake(("tls", want), f"is needed with {have}; allowed: a PEM file")
    unreadable = list(_unreadable(tls.client_cert, tls.client_key))
    yield from unreadable
    if tls.client_cert and tls.client_key and not unreadable:
        try:
            check_key_pair(tls.client_cert, tls.client_key, tls.client_key_password)
        except ValueError as error:
            yield Mistake(("tls", "client_key"), f"cannot be used with client_cert: {error}")


def _unreadable(certificate: str, key: str) -> Iterator[Mistake]:
    for name, value in (("client_cert", certificate), ("client_key", key)):
        if value:
            try:
                read_pem(value)
            except ValueError as error:
                yield Mistake(("tls", name), f"{error}; allowed: the path of a PEM file")


def _numbering(settings: Settings) -> Iterator[Mistake]:
    """OCPP 2.0.1 part 1 section 7.1, 1.6 section 3.8: no numbers may be skipped."""
    count = Counter(evse.id for evse in settings.evse)
    last = len(settings.evse)
    for position, evse in enumerate(settings.evse):
        if count[evse.id] > 1:
            yield Mistake(("evse", position, "id"), f"{evse.id} is there {count[evse.id]} times")
        elif evse.id > last:
            text = f"{evse.id} leaves a gap; allowed: 1 to {last}, each once"
            yield Mistake(("evse", position, "id"), text)


def _order(settings: Settings) -> Iterator[Mistake]:
    limits = settings.limits
    if limits.min_a > limits.max_a:
        yield Mistake(("limits", "min_a"), f"{limits.min_a:g} A is more than limits.max_a")


def _intervals(settings: Settings) -> Iterator[Mistake]:
    intervals = settings.limits.capacity_intervals
    count = Counter(interval.begins for interval in intervals)
    for position, interval in enumerate(intervals):
        place: Place = ("limits", "capacity_intervals", position)
        if interval.limit_a is None and interval.limit_w is None:
            yield Mistake(place, "limit_a or limit_w is needed")
        if count[interval.begins] > 1:
            text = f"{interval.begins:%H:%M} is there {count[interval.begins]} times"
            yield Mistake((*place, "from"), text)


def _capacity_is_metered(settings: Settings) -> Iterator[Mistake]:
    for key in ("capacity_intervals", "capacity_peak"):
        if getattr(settings.limits, key) and "mains" not in settings.station_meters:
            yield Mistake(("limits", key), "needs a meter: add [hardware.meters.mains]")


def _battery_limits_nothing(settings: Settings) -> Iterator[Mistake]:
    battery = settings.hardware.meters.battery
    for key in ("fallback_a", "suspend_after_s"):
        if battery is not None and getattr(battery, key) is not None:
            place: Place = ("hardware", "meters", "battery", key)
            yield Mistake(place, "a battery limits nothing, so there is nothing to fall back to")


def _second_contactors(settings: Settings) -> Iterator[Mistake]:
    """What decides about phases must have some to decide about."""
    for position, evse in enumerate(settings.evse):
        word = evse.second_contactor
        chooses = word in (SecondContactor.SOLAR_OFF, SecondContactor.AUTO)
        if chooses and evse_config(settings, evse).phases == 1:
            text = f"{word} needs an EVSE with three phases, this one has one"
            yield Mistake(("evse", position, "second_contactor"), text)


def _buses(settings: Settings) -> Iterator[Mistake]:
    named = {place: bus for place, bus in _bus_names(settings) if bus}
    buses = settings.hardware.buses
    for place, bus in named.items():
        if bus not in buses:
            have = ", ".join(buses) or "none; add [hardware.buses.NAME]"
            yield Mistake((*place, "bus"), f"no bus is called {bus!r}; there is {have}")
    if settings.power_share.role != "off" and not settings.power_share.bus:
        yield Mistake(("power_share", "bus"), "is needed to share; allowed: a bus of [hardware]")


def _addresses(settings: Settings) -> Iterator[Mistake]:
    """Two devices that answer to one address spoil each other's answers."""
    taken: dict[tuple[str, int], Place] = {}
    for place, table in settings.bus_devices():
        if not table.bus or table.device_id is None:
            continue
        first = taken.setdefault((table.bus, table.device_id), place)
        if first != place:
            text = f"{table.device_id} is on bus {table.bus!r} already: {dotted(first)}"
            yield Mistake((*place, "device_id"), text)


def _bus_names(settings: Settings) -> Iterator[tuple[Place, str]]:
    yield ("power_share",), settings.power_share.bus
    for place, device in settings.bus_devices():
        yield place, device.bus


def _readers(settings: Settings) -> Iterator[Mistake]:
    """A reader serves EVSEs that exist, and is alone at its port."""
    evse_ids = [evse.id for evse in settings.evse]
    taken: dict[str, Place] = {
        bus.port: ("hardware", "buses", name) for name, bus in settings.hardware.buses.items()
    }
    for number, reader in enumerate(settings.reader):
        place: Place = ("reader", number)
        for evse_id in reader.evse_ids:
            if evse_id not in evse_ids:
                yield Mistake((*place, "evse_ids"), f"there is no EVSE {evse_id}")
        first = taken.setdefault(reader.port, place)
        if first != place:
            yield Mistake((*place, "port"), f"{reader.port} is taken already: {dotted(first)}")


CHECKS: tuple[Check, ...] = (
    _open_door,
    _security,
    _versions,
    _certificates,
    _key_pair,
    _numbering,
    _order,
    _intervals,
    _capacity_is_metered,
    _battery_limits_nothing,
    _second_contactors,
    _buses,
    _addresses,
    _readers,
    driver_mistakes,
)
