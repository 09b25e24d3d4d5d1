"""One device model for both versions: 2.0.1's variables and 1.6's configuration keys. Pure.

2.0.1 part 2 B05, B06 and "Referenced Components and Variables"; 1.6 sections 5.3, 5.8
and 9. What exists is a row of ``data/variables.csv``. Values are texts, as on the wire;
the core reads them by component and variable, whatever version is spoken.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from chargepoint.core.config import StationConfig
from chargepoint.core.measurands import names
from chargepoint.core.messages import (
    ACCEPTED,
    ChangeKey,
    GetKeys,
    GetVariable,
    KeysReply,
    Outcome,
    Reply,
    SetVariable,
    ValueReply,
)
from chargepoint.core.variable_rows import Cell, Place, cells, name_of, place_of
from chargepoint.core.variable_values import items_of
from chargepoint.core.words import VariableRef

Computed = Callable[[VariableRef], str | None]

_PASSWORD = "SecurityCtrlr", "BasicAuthPassword"
_LONGEST_SET = "DeviceDataCtrlr", "ConfigurationValueSize"
_LONGEST_SHOWN = "DeviceDataCtrlr", "ReportingValueSize"


class Variables:
    """The device model of one station.

    *stored* are the values kept on disk, by the keys that ``take_changes`` gave;
    *computed* is asked for the values that nobody sets, each time. Stored values that
    no variable takes (any more) are left alone and named in ``ignored``.
    """

    def __init__(
        self, config: StationConfig, stored: Mapping[str, str], computed: Computed
    ) -> None:
        self._computed = computed
        self._version = ""
        self._cells = tuple(cells(config))
        self._asked: dict[tuple[str, str, str | None, int | None], Cell] = {}
        self._components: dict[Place, dict[tuple[str, str | None], Cell]] = {}
        for cell in self._cells:
            self._components.setdefault(place_of(cell.ref), {})[name_of(cell.ref)] = cell
        self._keys = {cell.key16.casefold(): cell for cell in self._cells if cell.key16}
        by_key = {cell.key: cell for cell in self._cells if cell.source == "stored"}
        self._stored = {
            key: value
            for key, value in stored.items()
            if key in by_key and by_key[key].keeps(value)
        }
        self.ignored = tuple(key for key in stored if key not in self._stored)
        self.changed: dict[str, str] = {}
        self.rules: dict[tuple[str, str], Callable[[str], Reply]] = {}
        """What somebody else says of a good new value of a variable, before it is taken."""
        self._overridden: dict[str, str] = {}

    def __iter__(self) -> Iterator[Cell]:
        """Yield every variable of the station in table order."""
        return iter(self._cells)

    def speak(self, version: str) -> None:
        """Take the defaults of *version* ("1.6", "2.0.1") where nothing is stored."""
        self._version = version

    # --- for the station itself --------------------------------------------------------

    def text(
        self,
        component: str,
        variable: str,
        instance: str | None = None,
        evse_id: int | None = None,
    ) -> str:
        """Return the value, "" where there is none; KeyError for what does not exist."""
        return self.value_of(self._cell(component, variable, instance, evse_id))

    def number(self, component: str, variable: str, instance: str | None = None) -> float:
        """Return a decimal or integer."""
        return float(self.text(component, variable, instance))

    def integer(self, component: str, variable: str, instance: str | None = None) -> int:
        """Return an integer."""
        return int(self.text(component, variable, instance))

    def flag(self, component: str, variable: str, instance: str | None = None) -> bool:
        """Return a boolean."""
        return self.text(component, variable, instance) == "true"

    def members(
        self, component: str, variable: str, instance: str | None = None
    ) -> tuple[str, ...]:
        """Return the items of a list; measurands may be narrowed (``Voltage.L1``) by 1.6."""
        return items_of(self.text(component, variable, instance))

    def maximum(self, component: str, variable: str, instance: str | None = None) -> float | None:
        """Return the maxLimit of a variable, None where it has none."""
        return self._cell(component, variable, instance).bounds.maximum

    def allowed(self, component: str, variable: str) -> tuple[str, ...]:
        """Return the values list of a variable."""
        return self._cell(component, variable, None).bounds.values

    def override(
        self, component: str, variable: str, value: str | None, instance: str | None = None
    ) -> None:
        """Let *value* count before what is stored, None for no longer. A restart forgets it,
        and so does whoever sets the variable."""
        key = self._cell(component, variable, instance).key
        self._overridden.pop(key, None)
        if value is not None:
            self._overridden[key] = value

    def password(self) -> bytes | None:
        """Return the bytes of the basic auth password, None while there is none.

        They are UTF-8 of a BasicAuthPassword (2.0.1 A00.FR.204), or what the hex of an
        AuthorizationKey stands for (1.6 security extension A00.FR.205): the same bytes
        follow the user name in the header.
        """
        text = self.text(*_PASSWORD)
        return bytes.fromhex(text) if text else None

    def put(self, component: str, variable: str, value: str, instance: str | None = None) -> bool:
        """Set a value on the station's own account, read-only or not.

        False: it does not fit, and the old one stays. A value that is in force already is
        not stored again.
        """
        cell = self._cell(component, variable, instance)
        if cell.source != "stored" or cell.refusal(value):
            return False
        if cell.kept_form(value) != self.value_of(cell):
            self._store(cell, cell.kept_form(value))
        return True

    def take_changes(self) -> dict[str, str]:
        """Return what must be kept on disk since the last call, by its key there."""
        changes, self.changed = self.changed, {}
        return changes

    # --- for 2.0.1 ---------------------------------------------------------------------

    def set(self, command: SetVariable) -> Reply:
        """Set one variable; the reason of a refusal is a reason code (B05.FR.04 to .10)."""
        cell = self._found(command.ref, command.attribute)
        if isinstance(cell, Reply):
            return cell
        if cell.access == "RO":
            return Reply(Outcome.REJECTED, "ReadOnly", f"{cell.key} is read-only")
        too_long = len(command.value) > self.integer(*_LONGEST_SET)
        if reason := "TooLargeElement" if too_long else cell.refusal(command.value):
            return Reply(Outcome.REJECTED, reason, f"{cell.key} does not take this value")
        value = cell.kept_form(command.value)
        judge = self.rules.get((cell.ref.component, cell.ref.variable))
        reply = ACCEPTED if judge is None else judge(value)
        if reply.outcome is not Outcome.REJECTED:
            self._store(cell, value)
        return reply

    def get(self, command: GetVariable) -> ValueReply:
        """Return the value of one variable (B06.FR.06 to .15); never of a write-only one."""
        cell = self._found(command.ref, command.attribute)
        if isinstance(cell, Reply):
            return ValueReply(cell.outcome, cell.reason, cell.info)
        if cell.access == "WO":
            return ValueReply(Outcome.REJECTED, "WriteOnly", f"{cell.key} is write-only")
        return ValueReply(Outcome.ACCEPTED, value=self.shown(cell))

    def shown(self, cell: Cell) -> str | None:
        """Return the value as 2.0.1 may see it: None of a secret, its own measurands, and no
        more than ReportingValueSize."""
        if cell.access == "WO":
            return None
        value = self.value_of(cell)
        if cell.also16:
            value = ",".join(names(items_of(value)))
        return value[: self.integer(*_LONGEST_SHOWN)]

    # --- for 1.6 -----------------------------------------------------------------------

    def change_key(self, command: ChangeKey) -> Reply:
        """Set one key: ACCEPTED, REJECTED (the old value stays) or UNKNOWN (section 5.3)."""
        cell = self._keys.get(command.key.casefold())
        if cell is None:
            return Reply(Outcome.UNKNOWN, info=f"there is no key {command.key}")
        if cell.access16 == "R" or cell.source != "stored":
            return Reply(Outcome.REJECTED, "ReadOnly", f"{cell.key16} is read-only")
        value, reason = cell.from_16(command.value)
        if reason:
            return Reply(Outcome.REJECTED, reason, f"{cell.key16} does not take this value")
        self._store(cell, value)
        return ACCEPTED

    def get_keys(self, command: GetKeys) -> KeysReply:
        """Return keys with their values; without a list every readable one (section 5.8).

        More than GetConfigurationMaxKeys keys asked for are REJECTED with the reason
        TooManyElements: 1.6 knows no status for that, its adapter makes it a CALLERROR
        OccurenceConstraintViolation. A write-only key has no value and is only named
        when asked for (security extension, AuthorizationKey).
        """
        if len(command.keys) > self.integer("Ocpp16Ctrlr", "GetConfigurationMaxKeys"):
            return KeysReply(Outcome.REJECTED, "TooManyElements", "too many keys at once")
        found = {key: self._keys.get(key.casefold()) for key in command.keys}
        asked = tuple(dict.fromkeys(cell for cell in found.values() if cell is not None))
        readable = (cell for cell in self._keys.values() if cell.access16 != "W")
        return KeysReply(
            Outcome.ACCEPTED,
            known=tuple(self._key(cell) for cell in (asked if command.keys else readable)),
            unknown=tuple(key for key, cell in found.items() if cell is None),
        )

    def _key(self, cell: Cell) -> tuple[str, bool, str | None]:
        if cell.access16 == "W":
            return cell.key16, False, None
        return cell.key16, cell.access16 == "R", cell.as_16(self.value_of(cell))

    # --- for the installer -------------------------------------------------------------

    def seed_key(self, key: str, value: str) -> bool:
        """Give a 1.6 key, read-only or not, its first value; nothing where one is stored.

        False: there is no such key to set, or it does not take this value.
        """
        cell = self._keys.get(key.casefold())
        if cell is None:
            return False
        value, reason = cell.from_16(value)
        return not reason and self._seed(cell, value)

    def seed(self, ref: VariableRef, attribute: str, value: str) -> bool:
        """Give a variable, read-only or not, its first value; as ``seed_key``."""
        cell = self._found(ref, attribute)
        if isinstance(cell, Reply) or cell.refusal(value):
            return False
        return self._seed(cell, cell.kept_form(value))

    def seed_password(self, password: str) -> None:
        """Give the basic auth password its first value; its length is the installer's choice."""
        self._seed(self._cell(*_PASSWORD, None), password.encode().hex())

    def _seed(self, cell: Cell, value: str) -> bool:
        if cell.source != "stored":
            return False
        if cell.key not in self._stored:
            self._store(cell, value)
        return True

    # --- inside ------------------------------------------------------------------------

    def value_of(self, cell: Cell) -> str:
        """Return what *cell* holds now, secrets included; "" where there is nothing."""
        if cell.source == "computed":
            value = self._computed(cell.ref)
            return cell.default(self._version) if value is None else value
        if cell.key in self._overridden:
            return self._overridden[cell.key]
        return self._stored.get(cell.key, cell.default(self._version))

    def _store(self, cell: Cell, value: str) -> None:
        self._overridden.pop(cell.key, None)
        self._stored[cell.key] = value
        self.changed[cell.key] = value

    def _cell(
        self, component: str, variable: str, instance: str | None, evse_id: int | None = None
    ) -> Cell:
        asked = component, variable, instance, evse_id
        cell = self._asked.get(asked)  # a tick asks for the same ones again and again
        if cell is None:
            ref = VariableRef(component, variable, instance=instance, evse_id=evse_id)
            cell = self._asked[asked] = self._components[place_of(ref)][name_of(ref)]
        return cell

    def _found(self, ref: VariableRef, attribute: str) -> Cell | Reply:
        """Return the variable that *ref* names in 2.0.1's device model, or why there is none."""
        component = self._components.get(place_of(ref), {})
        if not any(cell.access for cell in component.values()):
            return Reply(Outcome.UNKNOWN_COMPONENT, "NotFound", f"no component {ref.component}")
        cell = component.get(name_of(ref))
        if cell is None or not cell.access:
            return Reply(Outcome.UNKNOWN, "NotFound", f"no variable {ref.variable}")
        if attribute != "Actual":
            return Reply(Outcome.UNSUPPORTED, "UnsupportedParam", f"no attribute {attribute}")
        return cell
