"""The device model: ``data/variables.csv`` filled in for one station. Pure.

One row is one variable of 2.0.1 and, where ``key16`` is set, the 1.6 key of the same
meaning. Variables that only 1.6 has belong to the component Ocpp16Ctrlr, which is not
part of the device model that 2.0.1 sees (their ``access`` is empty).

``default`` and ``max`` may be ``*``: they follow from the configuration, see
``_DEFAULTS`` and ``_MAXIMA``. ``default16`` is the default while 1.6 is spoken, where
that differs; ``-`` is the empty text, ``*`` stands in ``_DEFAULTS_16``. ``source`` says where
the value comes from:
*stored* can be changed and kept, *config* is fixed, *computed* is asked for each time.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from importlib import resources
from types import MappingProxyType

from chargepoint.core.config import EvseConfig, StationConfig
from chargepoint.core.measurands import ITEMS_16, NAMES
from chargepoint.core.values import dataclass
from chargepoint.core.variable_values import Bounds, items_of, key_refusal, normal, refusal
from chargepoint.core.words import VariableRef

MUTABILITY = {"RO": "ReadOnly", "RW": "ReadWrite", "WO": "WriteOnly"}
ROTATIONS = ("NotApplicable", "Unknown", "RST", "RTS", "SRT", "STR", "TRS", "TSR")

Row = Mapping[str, str]
Place = tuple[str, str | None, int | None, int | None]


@cache
def rows() -> tuple[Row, ...]:
    """Return the table as it is written."""
    text = resources.files("chargepoint.core").joinpath("data/variables.csv").read_text("utf-8")
    return tuple(MappingProxyType(row) for row in csv.DictReader(text.splitlines()))


@dataclass(frozen=True, slots=True, eq=False)
class Cell:
    """One variable of this station.

    *key* names it on disk: the same in every version and for ever. *access* is RO, RW,
    WO or empty (unknown to 2.0.1), *access16* R, RW, W or empty (no 1.6 key). *words16*
    spells list items in 1.6's words. *defaults* go by version, "" being everybody's.
    """

    ref: VariableRef
    key: str
    key16: str
    bounds: Bounds
    unit: str
    defaults: Mapping[str, str]
    access: str
    access16: str
    source: str
    words16: Mapping[str, str]

    def default(self, version: str) -> str:
        """Return the value while nothing is stored and *version* is spoken."""
        return self.defaults.get(version, self.defaults[""])

    @property
    def also16(self) -> tuple[str, ...]:
        """Return the values that 1.6 has beside those of 2.0.1."""
        return ITEMS_16 if self.bounds.values is NAMES else ()

    def refusal(self, text: str) -> str:
        """Return why 2.0.1's *text* is no value of this variable, "" when it is one."""
        return refusal(self.bounds, normal(self.bounds.data_type, text))

    def kept_form(self, text: str) -> str:
        """Return what is stored for a good 2.0.1 *text*: the hex of a password's bytes."""
        if self.bounds.data_type == "password":
            return text.encode().hex()
        return normal(self.bounds.data_type, text)

    def from_16(self, text: str) -> tuple[str, str]:
        """Return what is stored for 1.6's *text*, and why it is no value, as ``refusal``."""
        if self.bounds.data_type == "password":
            return text.lower(), key_refusal(text)
        if self.bounds.data_type == "boolean":
            text = text.lower()
        if self.words16:
            ours = {theirs: word for word, theirs in self.words16.items()}
            text = ",".join(ours.get(item, item) for item in items_of(text))
        text = normal(self.bounds.data_type, text)
        return text, refusal(self.bounds, text, self.also16)

    def as_16(self, value: str) -> str:
        """Return a stored *value* in 1.6's words."""
        if not self.words16:
            return value
        return ",".join(self.words16[item] for item in items_of(value))

    def keeps(self, value: str) -> bool:
        """Return whether a *value* from disk is still one of this variable."""
        if self.bounds.data_type == "password":
            return not key_refusal(value, largest=40)
        return not refusal(self.bounds, value, self.also16)


def key_of(ref: VariableRef) -> str:
    """Return the name of a variable on disk.

    >>> key_of(VariableRef("OCPPCommCtrlr", "MessageTimeout", instance="Default"))
    'OCPPCommCtrlr.MessageTimeout[Default]'
    >>> key_of(VariableRef("Connector", "SupplyPhases", evse_id=1, connector_id=2))
    'Connector@1.2.SupplyPhases'
    """
    tier = "" if ref.evse_id is None else f"@{ref.evse_id}"
    tier += "" if ref.connector_id is None else f".{ref.connector_id}"
    instance = "" if ref.instance is None else f"[{ref.instance}]"
    return f"{ref.component}{tier}.{ref.variable}{instance}"


def place_of(ref: VariableRef) -> Place:
    """Return the identity of a component: names without case, an empty instance is none."""
    instance = ref.component_instance.casefold() if ref.component_instance else None
    return ref.component.casefold(), instance, ref.evse_id, ref.connector_id


def name_of(ref: VariableRef) -> tuple[str, str | None]:
    """Return the identity of a variable in its component, likewise."""
    return ref.variable.casefold(), ref.instance.casefold() if ref.instance else None


def cells(config: StationConfig) -> Iterator[Cell]:
    """Yield every variable that a station of this configuration has, in table order."""
    for row in rows():
        for evse_id, connector_id in _TIERS[row["level"]](config):
            ref = VariableRef(
                row["component"],
                row["variable"],
                instance=row["instance"] or None,
                evse_id=evse_id,
                connector_id=connector_id,
            )
            yield _cell(row, ref, config)


def _cell(row: Row, ref: VariableRef, config: StationConfig) -> Cell:
    name = ref.component, ref.variable
    default, maximum = row["default"], row["max"]
    default16 = row["default16"]
    if default == "*":
        default = _DEFAULTS[name](config, ref)
    if default16 == "*":
        default16 = _DEFAULTS_16[name](config)
    if maximum == "*":
        maximum = _MAXIMA[name](config, ref)
    read_only = name == _UNLOCK and not _has_socket(config)
    return Cell(
        ref=ref,
        key=key_of(ref),
        key16=row["key16"],
        bounds=Bounds(row["type"], _number(row["min"]), _number(maximum), _values(row, config)),
        unit=row["unit"],
        defaults=_by_version(default, default16),
        access="RO" if read_only else row["access"],
        access16="R" if read_only else row["access16"],
        source=row["source"],
        words16=dict(pair.split("=") for pair in row["words16"].split(",") if pair),
    )


def _number(text: str) -> float | None:
    return float(text) if text else None


def _by_version(default: str, default16: str) -> Mapping[str, str]:
    if not default16:
        return {"": default}
    return {"": default, "1.6": "" if default16 == "-" else default16}


def _values(row: Row, config: StationConfig) -> tuple[str, ...]:
    """Return the values list; ``measurands`` and ``rotations`` stand for what they name."""
    if row["values"] == "measurands":
        return NAMES
    if row["values"] == "rotations":
        numbers = range(len(config.evses) + 1)
        return tuple(f"{number}.{rotation}" for number in numbers for rotation in ROTATIONS)
    values = row["values"].split(",") if row["values"] else []
    if _BAY in values and not any(evse.bay_sensor for evse in config.evses):
        values.remove(_BAY)
    return tuple(values)


# --- what follows from the configuration ---------------------------------------------------

Tier = tuple[int | None, int | None]

_TIERS: dict[str, Callable[[StationConfig], Iterator[Tier]]] = {
    "station": lambda config: iter([(None, None)]),
    "evse": lambda config: ((evse.id, None) for evse in config.evses),
    "connector": lambda config: (
        (evse.id, number) for evse in config.evses for number in range(1, evse.connectors + 1)
    ),
    "lock": lambda config: (
        (evse.id, number)
        for evse in config.evses
        for number in range(1, evse.connectors + 1)
        if evse.connector_lock
    ),
}

_BAY = "ParkingBayOccupancy"  # a start and stop point where a sensor looks at the bay
_UNLOCK = ("OCPPCommCtrlr", "UnlockOnEVSideDisconnect")
_PROTOCOLS = ("OCPPCommCtrlr", "FileTransferProtocols")
_INSTALLED = ("SmartChargingCtrlr", "Entries")
_LISTED = ("LocalAuthListCtrlr", "Entries")


def _evse(config: StationConfig, ref: VariableRef) -> EvseConfig:
    return next(evse for evse in config.evses if evse.id == ref.evse_id)


def _has_socket(config: StationConfig) -> bool:
    """Return whether any cable can be unlocked: 2.0.1 part 2 section 2.1.12, 1.6 E3.84."""
    return any(evse.connector_lock for evse in config.evses)


def _power_w(config: StationConfig, ref: VariableRef) -> str:
    evse = _evse(config, ref)
    current_a = min(evse.max_current_a, config.max_current_a)
    return f"{current_a * evse.most_phases * config.supply_voltage_v:.1f}"


def _switches_phases(config: StationConfig, ref: VariableRef) -> str:
    """1.6 section 9.4.4. The station promises it, so each EVSE with three phases must be able."""
    able = [evse.switches_phases for evse in config.evses if evse.most_phases > 1]
    return "true" if able and all(able) else "false"


def _list_length(config: StationConfig, ref: VariableRef) -> str:
    return str(len(NAMES) + len(ITEMS_16))


def _most_of(name: tuple[str, str]) -> Callable[[StationConfig, VariableRef], str]:
    """Return what 1.6's ...Max... keys say: the maximum of the variable *name*."""
    most = next(row["max"] for row in rows() if (row["component"], row["variable"]) == name)
    return lambda config, ref: most


_MAXIMA: dict[tuple[str, str], Callable[[StationConfig, VariableRef], str]] = {
    ("EVSE", "Power"): _power_w,
}

_DEFAULTS: dict[tuple[str, str], Callable[[StationConfig, VariableRef], str]] = {
    _UNLOCK: lambda config, ref: "true" if _has_socket(config) else "false",
    _PROTOCOLS: lambda config, ref: ",".join(config.transfer_protocols),
    ("SecurityCtrlr", "Identity"): lambda config, ref: config.identity.id,
    ("ChargingStation", "SupplyPhases"): lambda config, ref: str(config.phases),
    ("ChargingStation", "Model"): lambda config, ref: config.identity.model,
    ("ChargingStation", "VendorName"): lambda config, ref: config.identity.vendor,
    ("ChargingStation", "SerialNumber"): lambda config, ref: config.identity.serial_number,
    ("ChargingStation", "FirmwareVersion"): lambda config, ref: config.identity.firmware_version,
    ("SmartChargingCtrlr", "Phases3to1"): _switches_phases,
    ("EVSE", "SupplyPhases"): lambda config, ref: str(_evse(config, ref).most_phases),
    ("Connector", "SupplyPhases"): lambda config, ref: str(_evse(config, ref).most_phases),
    ("Connector", "ConnectorType"): lambda config, ref: _evse(config, ref).connector_type,
    ("Ocpp16Ctrlr", "ConnectorPhaseRotation"): lambda config, ref: ",".join(
        f"{number}.Unknown" for number in range(len(config.evses) + 1)
    ),
    ("Ocpp16Ctrlr", "ConnectorPhaseRotationMaxLength"): lambda config, ref: str(
        len(config.evses) + 1
    ),
    ("Ocpp16Ctrlr", "LocalAuthListMaxLength"): _most_of(_LISTED),
    ("Ocpp16Ctrlr", "MaxChargingProfilesInstalled"): _most_of(_INSTALLED),
    ("Ocpp16Ctrlr", "MeterValuesAlignedDataMaxLength"): _list_length,
    ("Ocpp16Ctrlr", "MeterValuesSampledDataMaxLength"): _list_length,
    ("Ocpp16Ctrlr", "StopTxnAlignedDataMaxLength"): _list_length,
    ("Ocpp16Ctrlr", "StopTxnSampledDataMaxLength"): _list_length,
    ("Ocpp16Ctrlr", "NumberOfConnectors"): lambda config, ref: str(len(config.evses)),
}

_DEFAULTS_16: dict[tuple[str, str], Callable[[StationConfig], str]] = {
    # Errata 3.90 has no word for SFTP.
    _PROTOCOLS: lambda config: (
        ",".join(each for each in config.transfer_protocols if each != "SFTP") or "-"
    ),
}
