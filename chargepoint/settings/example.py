"""The example file: every setting with its default, what it means and what is allowed.

``python -m chargepoint.settings.example > chargepoint.example.toml`` writes it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from textwrap import wrap

from chargepoint.settings.schema import ANY, Key, Known, known

WIDTH = 96

HEAD = """\
Every setting of the station with its default. Copy what you need; what is left out keeps
its default. A key behind "# " has no default, what is shown there is an example.
Every key can also be set by --set limits.mains_a=20, by the environment variable
CHARGEPOINT_LIMITS__MAINS_A=20, or by a file limits__mains_a among the secrets."""

BUS = "rs485"
METER: Key = ("hardware", "meters", "mains")  # the meter that is described in full
SEED_16 = '# HeartbeatInterval = "300"'

EXAMPLES: dict[str, str] = {
    "client_key_password": '"secret"',
    "component": '"SampledDataCtrlr"',
    "component_instance": '"..."',
    "connector": "1",
    "device_id": "10",
    "driver": '"sim"',
    "evse": "1",
    "fallback_a": "6",
    "from": '"07:00"',
    "frozen_after_s": "60",
    "instance": '"..."',
    "limit_a": "10",
    "limit_w": "4600",
    "max_current_a": "16",
    "password": '"secret"',
    "basic_auth_password": '"secret"',
    "phases": "1",
    "port": '"/dev/ttyUSB0"',
    "stale_after_s": "30",
    "sum_mains_a": "60",
    "suspend_after_s": "60",
    "token": '"secret"',
    "value": '"60"',
    "variable": '"TxUpdatedInterval"',
    "reader.*.driver": '"pn532"',
    "reader.*.port": '"/dev/ttyS1"',
    "reader.*.type": '"Local"',
}


def example() -> str:
    """Return the text of the example file."""
    return "\n".join([*_comment(HEAD), *_lines()]) + "\n"


def _lines() -> Iterator[str]:
    for row in known().values():
        if row.shape != "value":
            yield from _table(row)
        elif row.key[-1] != ANY and not _described_before(row.key):
            yield from _setting(row)


def _described_before(key: Key) -> bool:
    """Return whether *key* belongs to a meter, and a meter was described in full."""
    above = key[:-1]
    return above != METER and (above[:-1] == METER[:-1] or above[-1] == "meter")


def _table(row: Known) -> Iterator[str]:
    if row.key == METER[:-1]:
        return
    yield ""
    yield from _comment(row.text)
    if row.key != METER and _described_before((*row.key, "")):
        yield f"# Keys as in [{'.'.join(METER)}]."
    steps = [step for step in row.key if step != ANY]
    if row.shape == "names" and len(steps) > 1:
        steps.append(BUS)
    header = f"[[{'.'.join(steps)}]]" if row.shape == "list" else f"[{'.'.join(steps)}]"
    yield header if _is_there(row.key) else f"# {header}"
    if row.key == ("ocpp16",):
        yield SEED_16


def _setting(row: Known) -> Iterator[str]:
    yield from _comment(f"{row.text}. Allowed: {row.allowed}." if row.text else f"{row.allowed}.")
    shown = _example(row.key) if row.default is None else _value(row.default)
    line = f"{row.key[-1]} = {shown}"
    yield line if row.default is not None and _is_there(row.key) else f"# {line}"


def _example(key: Key) -> str:
    """Return an example for *key*, where it has one of its own, else for keys of that name."""
    return EXAMPLES.get(".".join(key)) or EXAMPLES[key[-1]]


def _is_there(key: Key) -> bool:
    """Return whether the defaults have what *key* is in: optional tables are left out."""
    above = (known().get(key[:length]) for length in range(1, len(key) + 1))
    return not any(row is not None and _is_left_out(row) for row in above)


def _is_left_out(row: Known) -> bool:
    may_be = len(row.key) > 1 or row.shape == "list"
    return row.shape != "value" and may_be and not row.default


def _value(default: object) -> str:
    if isinstance(default, float) and default.is_integer():
        default = int(default)
    if isinstance(default, list):
        return f"[{', '.join(_value(one) for one in default)}]"
    return json.dumps(default, ensure_ascii=False)


def _comment(text: str) -> Iterator[str]:
    for line in wrap(" ".join(text.split()), WIDTH):
        yield f"# {line}"


if __name__ == "__main__":
    print(example(), end="")
