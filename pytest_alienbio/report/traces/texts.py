"""Foreign text for a page: harmless line by line, and never endless."""

from __future__ import annotations

from ...model import Json, inert

MOST_TEXT = 8_000
"""Characters of one text."""
MOST_IN_ALL = 400_000
"""Characters of all texts of a trace; what comes after that is cut to `LEAST`."""
LEAST = 200
"""Characters that every text may have, however many there are."""


class Texts:
    """The room that the texts of one trace share; those that come first have it first."""

    def __init__(self, most: int = MOST_TEXT, in_all: int = MOST_IN_ALL) -> None:
        self._most, self._left = most, in_all

    def text(self, value: object) -> Json:
        """`value` line by line as it stands, made harmless; if it is too long, `{text, left_out}`."""
        whole = value if isinstance(value, str) else str(value)
        most = min(self._most, max(self._left, LEAST))
        lines = whole[:most].replace("\r\n", "\n").expandtabs(4).split("\n")
        # a line is only cut by what is left of the whole: an escape may be longer than what it stands for
        told = "\n".join(inert(line, most=8 * most, verbatim=True) for line in lines)
        self._left -= len(told)
        return told if len(whole) <= most else {"text": told, "left_out": len(whole) - most}
