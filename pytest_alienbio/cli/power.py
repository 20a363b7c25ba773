"""`bio power`: how many seeds a drop needs, by what stored runs say."""

from __future__ import annotations

import argparse

from ..run.comparing import power_on
from .asked import asked
from .common import Commands, add_data_option
from .patterns import add_pattern
from .query import add_filters
from .shown import add_output, show


def add_command(commands: Commands[argparse.ArgumentParser]) -> None:
    """Adds `bio power`."""
    parser = commands.add_parser(
        "power",
        help="how many seeds a drop needs before it is seen",
        description="How many seeds it takes to see a drop of a given size, for all agents together, each agent and each "
        "scenario, with the spread that the newest DAT (result folder) shows, or the first that PATTERNs name; and what that "
        "one could have seen. Where two DATs hold the same cells, their differences tell the spread (fewer seeds, mostly); "
        "else it is that from seed to seed.",
        epilog="examples:\n"
        "  bio power mine --effect 0.05\n"
        "  bio power 'results/mine/*' --effect 0.05 --agent greedy --power 0.9\n"
        "  bio power mine --effect 0.05 --base 30\n"
        "  bio power mine --effect 0.05 --json | jq '.sections.plan.agents[].seeds'",
    )
    add_pattern(parser)
    parser.add_argument(
        "--effect", type=_positive, required=True, metavar="X", help="the drop to be seen, in the metric's unit"
    )
    parser.add_argument("--power", type=_share, default=0.8, metavar="P", help="the chance to see it (default: 0.8)")
    parser.add_argument("--alpha", type=_share, default=0.05, metavar="A", help="the chance of a false alarm (default: 0.05)")
    parser.add_argument("--tol", type=_not_negative, default=0.0, metavar="X", help="a drop up to this is none (default: 0)")
    parser.add_argument(
        "--base", type=_count, metavar="N", help="against N stored worlds a scenario, on other seeds, not seed by seed"
    )
    parser.add_argument(
        "--population", action="store_true", help="a drop on new scenarios of this kind, not on these; takes two DATs"
    )
    parser.add_argument(
        "--metric", default="score", metavar="FIELD", help="score (default), a part of it, tokens, usd, a metric"
    )
    add_filters(parser)
    add_output(parser)
    add_data_option(parser)
    parser.set_defaults(command=power)


def power(args: argparse.Namespace) -> int:
    """Shows the plan; exits 0 also if no cell matches."""
    with asked(args) as question:
        made = power_on(
            question.index,
            question.query,
            question.paths,
            args.effect,
            metric=args.metric,
            alpha=args.alpha,
            power=args.power,
            tol=args.tol,
            paired=args.base is None,
            n_base=args.base,
            population=args.population,
            notes=question.none_matches(),
        )
        show(made, args)
    return 0


def _number(text: str, what: str, low: float, high: float, *, least: bool = False) -> float:
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not (low < value < high or (least and value == low)):
        raise argparse.ArgumentTypeError(f"{text!r} is no {what}")
    return value


def _positive(text: str) -> float:
    return _number(text, "drop; expected a number above 0, in units of the metric", 0.0, float("inf"))


def _not_negative(text: str) -> float:
    return _number(text, "tolerance; expected 0 or a number above it, in units of the metric", 0.0, float("inf"), least=True)


def _share(text: str) -> float:
    return _number(text, "chance; expected a number between 0 and 1", 0.0, 1.0)


def _count(text: str) -> int:
    value = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
    if not value:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of worlds; expected 1 or more")
    return value
