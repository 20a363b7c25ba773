"""Text from outside (agents, exceptions, file names) made safe to show."""

from __future__ import annotations

import re
import unicodedata

_ESCAPES = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"  # CSI: colours, cursor, erase
    r"|(?:\x1b\]|\x9d)[^\x07\x1b\x9c\n]*(?:\x07|\x1b\\|\x9c)?"  # OSC: titles, links, clipboard
    r"|\x1b[PX^_][^\x1b\x9c\n]*(?:\x1b\\|\x9c)?"  # DCS, SOS, PM, APC
    r"|\x1b[ -/]*[0-~]"  # two-byte escapes
)


def inert(text: str, *, most: int = 200, verbatim: bool = False) -> str:
    """`text` as one line that can do nothing to a terminal: no escape sequences, no control or bidi characters.

    Blanks and line breaks collapse to one space, other control characters and lone surrogates become `\\x07`-like escapes,
    invisible format characters vanish. At most `most` characters, the last an ellipsis if something was cut. `verbatim`
    keeps runs of blanks (commands, paths) and escapes line breaks.
    """
    cut = len(text) > 8 * most
    text = _ESCAPES.sub("", text[: 8 * most])
    if not verbatim:
        text = " ".join(text.split())
    if not text.isascii() or not text.isprintable():
        text = "".join(_tame(character) for character in text)
        text = text if verbatim else " ".join(text.split())  # a blank may have stood behind what vanished
    if cut or len(text) > most:
        return text[: most - 1] + "…"
    return text


def _tame(character: str) -> str:
    category = unicodedata.category(character)
    if category in ("Cc", "Cs", "Zl", "Zp"):
        return character.encode("unicode_escape").decode("ascii")
    return "" if category == "Cf" else character
