"""`bio gate`: a recorded run held against a baseline, now and without playing anything."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping, Sequence

from ..errors import SpecError
from ..model import Call, Verdict, inert
from ..report.gate import gate_document, worst
from ..run.gates.gating import Stored, Terms, judge_stored, stored
from .common import Commands, add_data_option, data_here, project_here
from .shown import add_output, show

EXIT_CODES: Mapping[Call, int] = {Call.PASS: 0, Call.FAIL: 1, Call.INVALID: 3, Call.INCONCLUSIVE: 0, Call.NOT_JUDGED: 3}
EXIT_INCONCLUSIVE = 4
"""With `--strict`."""
MOST_DRAWS = 1_000_000


def add_command(commands: Commands[argparse.ArgumentParser]) -> None:
    """Adds `bio gate`."""
    parser = commands.add_parser(
        "gate",
        help="did a run get worse than its baseline?",
        description="Hold a recorded run against a baseline and say whether it got worse: PASS, FAIL, INVALID (the two cannot "
        "be compared) or INCONCLUSIVE, and why. Nothing is played. Without options the run is judged by the gates that were "
        "frozen in it before its first cell; what is asked otherwise now is told as edited.",
        epilog="exit codes: 0 PASS or INCONCLUSIVE; 1 FAIL; 2 bad usage, or nothing to hold it against; 3 INVALID; "
        "4 INCONCLUSIVE with --strict.\n\n"
        "examples:\n"
        "  bio gate mine\n"
        "  bio gate mine --against baselines/mine.json --strict\n"
        "  bio gate mine --against tag:release-3 --metric tokens\n"
        "  bio gate mine --against agent:greedy\n"
        "  bio gate mine --json | jq '.sections.gates.gates[].call'",
    )
    parser.add_argument(
        "new",
        metavar="NEW",
        help="the run: a DAT, a battery (its latest), tag:TAG, agent:NAME (its latest run), a baseline's file",
    )
    parser.add_argument(
        "--against", type=_text, metavar="REF", help="a baseline's file (*.json), an earlier run, tag:TAG, or agent:NAME"
    )
    terms = parser.add_argument_group("what is asked", "of each gate that is judged; by default as it was frozen")
    terms.add_argument(
        "--metric", type=_text, metavar="FIELD", help="score (default), passed, a part of it, tokens, usd, a metric"
    )
    terms.add_argument("--better", choices=("higher", "lower"), help="which way a metric is better, where it does not tell")
    terms.add_argument("--tol", type=_tol, metavar="X", help="a drop up to this much is none (default 0)")
    terms.add_argument("--alpha", type=_alpha, metavar="P", help="chance of a false alarm, all gates together (default 0.05)")
    terms.add_argument("--max-missing", type=_count, metavar="N", help="cells that may lack a number (default 0)")
    terms.add_argument("--margin", type=_margin, metavar="X", help="a change within this is none (default 0.05, or --tol)")
    parser.add_argument("--strict", action="store_true", help="exit with 4 if it is INCONCLUSIVE")
    parser.add_argument("--seed", type=_count, default=0, metavar="N", help="of the relabellings drawn (default 0)")
    parser.add_argument("--draws", type=_draws, default=9999, metavar="N", help="how many of them (default 9999)")
    add_output(parser)
    add_data_option(parser)
    parser.set_defaults(command=gate)


def gate(args: argparse.Namespace) -> int:
    """Shows the verdicts; exits as the worst of them says."""
    if not args.new.strip():
        raise SpecError("NEW is empty; name a DAT, a battery, tag:TAG, agent:NAME or a baseline's file")
    project, root = project_here().root, data_here(args)
    run = stored(args.new, project=project, data_root=root)
    terms = Terms(args.metric, args.against, args.better, args.tol, args.alpha, args.max_missing, args.margin)
    verdicts = judge_stored(run, terms, project=project, data_root=root, draws=args.draws, seed=args.seed)
    show(gate_document(title(run), verdicts), args)
    return exit_code(verdicts, strict=args.strict)


def title(run: Stored) -> str:
    """`mine: results/mine/2026-11-26_002`, inert."""
    return inert(f"{run.battery}: {run.name}" if run.battery else run.name, most=400, verbatim=True)


def exit_code(verdicts: Sequence[Verdict], *, strict: bool) -> int:
    """Of the worst verdict."""
    call = worst(verdicts)
    if call is Call.INCONCLUSIVE and strict:
        return EXIT_INCONCLUSIVE
    return 0 if call is None else EXIT_CODES[call]


def _number(text: str, fits: Callable[[float], bool], expected: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not (abs(value) < float("inf") and fits(value)):
        raise argparse.ArgumentTypeError(f"{text!r} cannot be it; expected {expected}")
    return value


def _tol(text: str) -> float:
    return _number(text, lambda value: value >= 0, "a number from 0 on, in units of the metric")


def _alpha(text: str) -> float:
    return _number(text, lambda value: 0 < value < 1, "a probability between 0 and 1, like 0.05")


def _margin(text: str) -> float:
    return _number(text, lambda value: value > 0, "a number above 0, in units of the metric")


def _whole(text: str, least: int, most: int, expected: str) -> int:
    if not text.isascii() or not text.isdigit() or not least <= int(text[:20]) <= most:
        raise argparse.ArgumentTypeError(f"{text!r} cannot be it; expected {expected}")
    return int(text)


def _count(text: str) -> int:
    return _whole(text, 0, 2**63 - 1, "a whole number from 0 on")


def _draws(text: str) -> int:
    return _whole(text, 99, MOST_DRAWS, f"a whole number from 99 to {MOST_DRAWS:,}")


def _text(text: str) -> str:
    if not text.strip():
        raise argparse.ArgumentTypeError("it is empty; leave the option out, or say what is meant")
    return text
