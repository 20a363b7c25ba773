"""The parser of the command line: one sentence with a near match for what is wrong, and help whose examples stay whole."""

from __future__ import annotations

import argparse
import sys
from typing import Any, NoReturn

from ..errors import did_you_mean, near_match
from ..model import inert
from .common import mutter, say

WIDEST = 100
"""Columns of help, however wide the terminal: longer lines are hard to read."""


class Parser(argparse.ArgumentParser):
    """argparse as `bio` uses it: options are never abbreviated, and `--debug` may stand before or after any command.

    Descriptions and epilogs are wrapped line by line; a line that begins with blanks stays as it is, to be copied.
    """

    def __init__(self, *args: Any, unknown: str = "", **kwargs: Any) -> None:
        kwargs.setdefault("formatter_class", _Help)
        kwargs.setdefault("allow_abbrev", False)
        self._unknown = unknown  # what to say of an option nobody knows, instead of which ones there are
        super().__init__(*args, **kwargs)
        self.add_argument("--debug", action="store_true", default=argparse.SUPPRESS, help="show the traceback of an error")

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """What argparse makes of it. What is left over is refused here, where this command's own options are known."""
        found, extras = super().parse_known_args(args, namespace)
        extras = self._late(found, extras)
        if extras:
            self.error(self._left_over(extras))
        return found, extras

    def _late(self, found: Any, extras: list[str]) -> list[str]:
        """What is left over once words behind options are the last argument's: of `KIND --x seed PATTERN` argparse takes the
        pattern to be none, right after the kind."""
        last = next(iter(self._get_positional_actions()[-1:]), None)
        late = (
            last and last.nargs == "*" and not getattr(found, last.dest, None) and not any(text[:1] == "-" for text in extras)
        )
        if not late or last is None:
            return extras
        setattr(found, last.dest, extras)
        return []

    def error(self, message: str) -> NoReturn:
        """Says one sentence and ends with exit code 2."""
        mutter(f"bio: {inert(message, most=1000, verbatim=True)} (see {self.prog} --help)\n")
        sys.exit(2)

    def _print_message(self, message: str, file: Any = None) -> None:
        if file is None or file is sys.stdout:
            say(message.rstrip("\n"))
        else:
            super()._print_message(message, file)

    def _left_over(self, extras: list[str]) -> str:
        option = next((text for text in extras if text.startswith("-")), None)
        if option is None:
            return f"unexpected argument {extras[0]!r}"
        name = option.partition("=")[0]
        known = self._option_string_actions
        hints = [self._unknown, near_match(name, known)] if self._unknown else [did_you_mean(name, known, most=20)]
        return "; ".join([f"unknown option {name!r}", *filter(None, hints)])

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        if action.choices is not None and value not in action.choices:
            hint = did_you_mean(str(value), map(str, action.choices), most=20)
            if isinstance(action, argparse._SubParsersAction):
                raise argparse.ArgumentError(None, f"unknown command {value!r}; {hint}")
            raise argparse.ArgumentError(action, f"{value!r} is not known; {hint}")


class _Help(argparse.HelpFormatter):
    def __init__(self, prog: str, **kwargs: Any) -> None:
        super().__init__(prog, **kwargs)
        self._width = min(self._width, WIDEST)

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        fill = super()._fill_text
        return "\n".join(fill(line, width, indent) if line[:1].strip() else line for line in text.splitlines())
