"""``chargepoint``: from the words of the command line to an exit code.

Exit codes: 0 asked to stop, 70 internal, 78 configuration (sysexits.h).
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import NoReturn

from chargepoint import start
from chargepoint.errors import ChargePointError, SettingsError
from hardware.api import UnknownDriver, WrongSettings

EXIT_INTERNAL = 70
EXIT_CONFIGURATION = 78

NEIGHBOURS = ("hardware", "profiles")

CONFIG, SET = ("--config", "-c"), ("--set", "-s")


def main() -> NoReturn:
    """Run the command line; leave with one of the exit codes."""
    sys.excepthook = _leave_internal
    try:
        check_neighbours()
        plain = plain_run(sys.argv[1:])
        if plain is not None:
            sys.exit(start.run(*plain))
        from chargepoint import commands

        commands.obey()
    except (SettingsError, UnknownDriver, WrongSettings) as error:
        leave(EXIT_CONFIGURATION, str(error))
    except ChargePointError as error:
        leave(EXIT_INTERNAL, str(error))
    sys.exit(0)


def plain_run(words: Sequence[str]) -> tuple[Path | None, list[str]] | None:
    """Return the file and the settings that *words* tell ``run``.

    None for every other command, for other spellings and for mistakes: those are for
    ``chargepoint.commands``, which a station that starts does without.
    """
    if words[:1] != ["run"] or len(words) % 2 == 0:
        return None
    options = list(zip(words[1::2], words[2::2], strict=True))
    if any(name not in (*CONFIG, *SET) for name, _ in options):
        return None
    configs = [Path(value) for name, value in options if name in CONFIG]
    sets = [value for name, value in options if name in SET]
    return configs[-1] if configs else None, sets


def leave(code: int, message: str) -> NoReturn:
    """Say *message*, line by line, and leave with *code*."""
    for line in message.splitlines():
        print(f"chargepoint: {line}", file=sys.stderr)
    sys.exit(code)


def check_neighbours() -> None:
    """Raise SettingsError unless ``hardware`` and ``profiles`` are those beside this package:
    their names are common, and another distribution may have put its own in our place.
    """
    home = Path(__file__).resolve().parent.parent
    for name in NEIGHBOURS:
        spec = find_spec(name)
        found = Path(spec.origin).resolve().parent.parent if spec and spec.origin else None
        if found != home:
            raise SettingsError(
                f"the package {name!r} is not ours but in {found or 'no folder'}: "
                "install chargepoint-agent into a virtual environment of its own"
            )


def _leave_internal(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    """What nobody expected leaves with its traceback and code 70."""
    sys.__excepthook__(kind, error, trace)
    raise SystemExit(EXIT_INTERNAL)
