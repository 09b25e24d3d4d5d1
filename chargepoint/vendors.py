"""Strangers' code that answers DataTransfer: found by name, kept at arm's length.

An extension is a module with a table ``MESSAGES``: messageId to function, "" for a CALL
without one. The function gets the CALL's data and returns the answer's, or None; it may be
async. ValueError is a refusal, any other exception a mistake of its own: Rejected, both.

It is named in ``[data_transfer]`` (vendorId to module), or by an entry point of
the group ``chargepoint.data_transfer`` whose name is the vendorId.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable, Mapping
from contextlib import suppress
from importlib import import_module
from inspect import isawaitable
from threading import Thread
from typing import Any

from chargepoint.core.messages import AskVendor, Command, Outcome, VendorAnswered
from chargepoint.errors import SettingsError

GROUP = "chargepoint.data_transfer"
ANSWER_WITHIN_S = 10.0

Function = Callable[[Any], Any]
Submit = Callable[[Command], object]

log = logging.getLogger(__name__)


class Vendors:
    """The extensions of this process; raises SettingsError for a configured one that cannot
    be used. Installed ones are looked for when somebody asks.

    Each answer is made in a thread of its own: an extension may hang, and nothing waits
    for it longer than *timeout_s*.
    """

    def __init__(self, modules: Mapping[str, str], timeout_s: float = ANSWER_WITHIN_S) -> None:
        self._timeout_s = timeout_s
        self._messages: dict[str, Mapping[str, Function]] = {
            vendor_id.casefold(): _messages(vendor_id, module)
            for vendor_id, module in modules.items()
        }

        self._installed: Mapping[str, str] | None = None

    def ask(self, asked: AskVendor, submit: Submit) -> None:
        """Let the extension answer; *submit* gets VendorAnswered, once, in time."""
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[VendorAnswered] = loop.create_future()
        answer.add_done_callback(lambda done: submit(done.result()))
        late = loop.call_later(self._timeout_s, self._give_up, asked, answer)

        def settle(answered: VendorAnswered) -> None:
            late.cancel()
            if not answer.done():
                answer.set_result(answered)

        def work() -> None:
            answered = self._answered(asked)
            with suppress(RuntimeError):  # the program has ended meanwhile
                loop.call_soon_threadsafe(settle, answered)

        Thread(target=work, name=f"DataTransfer {asked.vendor_id}", daemon=True).start()

    def _answered(self, asked: AskVendor) -> VendorAnswered:
        """Return what the extension says. The one place where any exception is its answer: a
        stranger's mistake is no reason to stop charging."""
        try:
            function = self._function(asked)
            if isinstance(function, Outcome):
                return VendorAnswered(asked.ticket, function)
            said = function(asked.data)
            if isawaitable(said):
                said = asyncio.run(_awaited(said))
            json.dumps(said, allow_nan=False)
        except ValueError as error:
            log.warning("%s refused: %s", _name(asked), error)
        except Exception:
            log.exception("%s failed", _name(asked))
        else:
            return VendorAnswered(asked.ticket, Outcome.ACCEPTED, said)
        return VendorAnswered(asked.ticket, Outcome.REJECTED)

    def _function(self, asked: AskVendor) -> Function | Outcome:
        vendor_id = asked.vendor_id.casefold()
        messages = self._messages.get(vendor_id)
        if messages is None:
            self._installed = _installed() if self._installed is None else self._installed
            if vendor_id not in self._installed:
                return Outcome.UNKNOWN
            messages = _messages(asked.vendor_id, self._installed[vendor_id])
            self._messages[vendor_id] = messages
        return messages.get(asked.message_id.casefold(), Outcome.UNSUPPORTED)

    def _give_up(self, asked: AskVendor, answer: asyncio.Future[VendorAnswered]) -> None:
        if not answer.done():
            log.warning("%s: no answer in %g s", _name(asked), self._timeout_s)
            answer.set_result(VendorAnswered(asked.ticket, Outcome.REJECTED))


def nobody(asked: AskVendor, submit: Submit) -> None:
    """Answer as a station without extensions does."""
    submit(VendorAnswered(asked.ticket, Outcome.UNKNOWN))


async def _awaited(said: Any) -> Any:
    return await said


def _name(asked: AskVendor) -> str:
    return f"{asked.vendor_id} {asked.message_id}".strip()


def _installed() -> Mapping[str, str]:
    """Return vendorId and module of the extensions that packages bring."""
    from importlib.metadata import entry_points  # nobody else at the start needs it

    return {point.name.casefold(): point.value for point in entry_points(group=GROUP)}


def _messages(vendor_id: str, module: str) -> Mapping[str, Function]:
    """Return the table of an extension."""
    key = f"data_transfer.{vendor_id}"
    try:
        messages = import_module(module).MESSAGES
    except (ImportError, AttributeError) as error:
        raise SettingsError(f"{key}: {module!r} cannot be used: {error}") from error
    if not isinstance(messages, Mapping) or not all(map(callable, messages.values())):
        raise SettingsError(f"{key}: MESSAGES of {module!r} is no table of functions")
    return {message_id.casefold(): function for message_id, function in messages.items()}
