"""`bio watch`: a run while it is played."""

from __future__ import annotations

import argparse
import os
import sys
import time
from math import isfinite
from pathlib import Path

from ..errors import SpecError, StoreError
from ..model.sighting import Life, Sighting
from ..report import as_json, ascii_only, render
from ..report.progress import can_be_rewritten
from ..report.watching import line, silence, watch_document
from ..run.watching import Watching, exit_code, newest
from ..store import find_dats
from .common import Commands, add_data_option, colored, data_here, say, width
from .patterns import no_results, nothing_named
from .screen import Screen
from .serving import add_server_options, serve_until_stopped

EXIT_INTERRUPTED = 130
EVERY_S, LEAST_S = 1.0, 0.05
_NAP_S = 0.5


def add_command(commands: Commands[argparse.ArgumentParser]) -> None:
    """Adds `bio watch`."""
    parser = commands.add_parser(
        "watch",
        help="look at a run while it is played",
        description="Follow a run from outside, by what it has written so far: cells done, time to go and how sure that is, "
        "who leads, what broke, what is spent of the caps, what each worker recorded last; and whether its session "
        "still lives. Nothing is written, and a run does not notice. Without a DAT (result folder) the newest one that is "
        "being played, else the newest. Ends by itself when the run is over.",
        epilog="exit codes: of a run that is followed to its end that of its verdict (0 passed, 1 failed, 3 incomplete or "
        "died, or its verdict or records cannot be read, 4 inconclusive with --strict, 130 interrupted); 0 with --once and "
        "--json; 2 if there is no such run; 130 if you stop looking (Ctrl-C), which the run does not notice.\n\n"
        "examples:\n"
        "  bio watch\n"
        "  bio watch mine --interval 5\n"
        "  bio watch --once\n"
        "  bio watch --json | jq .sections.run.cells[0].eta_s\n"
        "  bio watch --serve",
    )
    parser.add_argument("dat", nargs="?", default="", metavar="DAT", help="a DAT, or a battery's name (its latest)")
    parser.add_argument("--once", action="store_true", help="look once, print that, and end")
    parser.add_argument("--json", action="store_true", help="look once, print it as one JSON object, and end")
    parser.add_argument(
        "--interval", type=_seconds, default=EVERY_S, metavar="S", help=f"seconds between two looks (default: {EVERY_S:g})"
    )
    parser.add_argument("--serve", action="store_true", help="show it on a page for a browser on this machine")
    add_server_options(parser)
    add_data_option(parser)
    parser.set_defaults(command=watch)


def watch(args: argparse.Namespace) -> int:
    """Looks as often as wanted; exits with what the run's verdict means."""
    if args.serve and (args.once or args.json):
        raise SpecError("--serve goes on until it is stopped; leave --once and --json out")
    root = data_here(args)
    watching = Watching(_meant(args.dat, root), root)
    if args.serve:
        from ..serve.live import live_site

        return serve_until_stopped(live_site(watching), args)
    if args.json:
        say(as_json(watch_document(watching.look())).removesuffix("\n"))
        return 0
    if args.once:
        say(_page(watching.look(), width()))
        return 0
    try:
        seen = _on_screen(watching, args.interval) if _is_screen() else _in_lines(watching, args.interval)
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED
    return EXIT_INTERRUPTED if seen is None else exit_code(seen)


def _meant(name: str, root: Path) -> Path:
    """The DAT that is named; the newest one that is played now, else the newest."""
    found = find_dats(root, name) if name else find_dats(root)
    if not found:
        raise StoreError(nothing_named(name, root) if name else no_results(root))
    return found[0] if name else newest(found)


def _is_screen() -> bool:
    return sys.stdout.isatty() and can_be_rewritten({**os.environ, "CI": ""})


def _on_screen(watching: Watching, every_s: float) -> Sighting:
    """Until the run is over; then what was seen last stands where the command was typed."""
    ascii = ascii_only(sys.stdout.encoding)
    began = time.monotonic()
    seen = watching.look()
    if not over(seen):
        with Screen(sys.stdout) as screen:
            while not over(seen):
                shown = screen.size()
                screen.draw(_page(seen, shown[0]), ascii=ascii, more=": bio watch --once")
                # A look at a large run takes longer: it is not to take all of the machine that plays it.
                until = time.monotonic() + max(every_s, time.monotonic() - began)
                while (left := until - time.monotonic()) > 0 and screen.size() == shown:
                    time.sleep(min(left, _NAP_S))
                began = time.monotonic()
                seen = watching.look()
    say(_page(seen, width()))
    return seen


def _in_lines(watching: Watching, every_s: float) -> Sighting | None:
    """A line whenever something changed; at the end the whole page. None once nobody reads them any more."""
    last = None
    while True:
        began = time.monotonic()
        seen = watching.look()
        if over(seen):
            say(_page(seen, width()))
            return seen
        changed = (seen.life, seen.run, seen.recorded, seen.done, seen.broken, bool(silence(seen)))
        if changed != last and not say(line(seen)):
            return None
        last = changed
        time.sleep(max(every_s, time.monotonic() - began))


def over(seen: Sighting) -> bool:
    """Whether there is nothing more to come."""
    return seen.life in (Life.FINISHED, Life.DIED, Life.GONE)


def _page(seen: Sighting, columns: int) -> str:
    return render(watch_document(seen), columns, color=colored(), ascii=ascii_only(sys.stdout.encoding))


def _seconds(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not isfinite(value) or not LEAST_S <= value <= 86_400:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of seconds from {LEAST_S:g} to 86400")
    return value
