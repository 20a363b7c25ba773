"""`bio history`: a battery run by run, whether it fell, and since when."""

from __future__ import annotations

import argparse
import time

from ..results.ask import ask
from ..run.over_time import history_on
from ..store.index import Index
from .common import Commands, add_data_option, data_here, words
from .shown import add_output, show


def add_command(commands: Commands[argparse.ArgumentParser]) -> None:
    """Adds `bio history`."""
    parser = commands.add_parser(
        "history",
        help="a battery over time: who fell, since when",
        description="Follow a battery through all of its runs: each agent's mean run by run, with its interval on these "
        "scenarios; from 8 runs on a CUSUM chart against a pinned anchor, which alarms once small falls add up; and the levels "
        "that held for a while, with the commits between which one ended. Runs that played other scenarios, or other versions "
        "of them, are another stretch. For information: it never fails.",
        epilog="examples:\n"
        "  bio history mine\n"
        "  bio history mine --agent greedy --since 30d\n"
        "  bio history mine --anchor tag:release-3\n"
        "  bio history mine --metric tokens\n"
        "  bio history mine --json | jq '.sections.levels.levels[]'",
    )
    parser.add_argument("battery", metavar="BATTERY", help="a battery's name (all of its runs), or a glob of its DATs")
    parser.add_argument("--agent", metavar="GLOB...", action="append", default=[], help="agents; may be repeated, comma lists")
    parser.add_argument("--scenario", metavar="GLOB...", action="append", default=[], help="scenarios; * also crosses /")
    parser.add_argument(
        "--metric", default="score", metavar="FIELD", help="score (default), a part of it, passed, tokens, usd, a metric"
    )
    parser.add_argument("--better", choices=("higher", "lower"), help="which way a metric is better, where it does not tell")
    parser.add_argument("--since", metavar="WHEN", help="runs that began then or later: 2026-01-31, yesterday, 30d ago")
    parser.add_argument("--until", metavar="WHEN", help="runs that began by then; a day counts to its end")
    parser.add_argument(
        "--anchor",
        default="",
        metavar="REF",
        help="what charts are pinned to: a baseline's file, a DAT, tag:TAG (default: the battery's baseline, or first run)",
    )
    add_output(parser)
    add_data_option(parser)
    parser.set_defaults(command=history)


def history(args: argparse.Namespace) -> int:
    """Shows the history; exits 0 whatever it says."""
    root = data_here(args)
    within = ask(now=time.time(), flag="--{}", since=args.since, until=args.until)
    with Index.open(root) as index:
        document = history_on(
            index,
            root,
            args.battery,
            agents=words("--agent", args.agent),
            scenarios=words("--scenario", args.scenario),
            metric=args.metric,
            better=args.better,
            since=within.since,
            until=within.until,
            anchor=args.anchor,
        )
    show(document, args)
    return 0
