"""Key codes are short enough to be tried out: after each wrong one the next must wait longer.

2.0.1 C04.FR.06.
"""

from __future__ import annotations

from chargepoint.core.words import Token

KEY_CODE = "KeyCode"
FIRST_WAIT_S, LONGEST_WAIT_S = 2.0, 300.0


class Keypad:
    """Counts wrong key codes in a row; other tokens pass it by."""

    def __init__(self) -> None:
        self._wrong = 0
        self._open_at_s = 0.0

    def wait_s(self, token: Token, now_s: float) -> float:
        """Return how long *token* must wait before it is looked at, 0 for not at all."""
        return max(0.0, self._open_at_s - now_s) if token.type == KEY_CODE else 0.0

    def judged(self, token: Token, accepted: bool, now_s: float) -> None:
        """Remember how it went: a right code makes good all wrong ones before it."""
        if token.type != KEY_CODE:
            return
        self._wrong = 0 if accepted else self._wrong + 1
        wait_s = FIRST_WAIT_S * 2.0 ** min(self._wrong - 1, 20) if self._wrong else 0.0
        self._open_at_s = now_s + min(wait_s, LONGEST_WAIT_S)
