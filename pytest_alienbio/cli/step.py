"""`bio show CELL --step`: turns of one cell, whole; `--calls`: what its model was asked."""

from __future__ import annotations

import argparse
import json
import sys

from ..errors import SpecError, StoreError
from ..model import Result
from ..model.told import told, told_as_json
from ..report import ascii_only
from ..report.turns import render_calls, render_turns
from ..spec.ranges import parse_steps
from ..store import Dat, trajectory_of
from .common import colored, data_here, say, width
from .show import so_far


def show_steps(opened: Dat, result: Result, args: argparse.Namespace) -> int:
    """Prints the steps that are asked for. Raises `StoreError` for a cell without a trace, `SpecError` for no such step."""
    if args.calls and args.step is not None:
        raise SpecError("--calls lists the calls of the whole cell and --step shows some of its steps; leave one of them out")
    if args.calls and args.system:
        raise SpecError("--system goes with --step, and --calls lists calls alone; leave one of them out")
    trace = opened.trace(result)
    if trace is None:
        raise StoreError(f"no trace was kept of {result.id}, so nothing of its steps is known (`run: {{traces: all}}`)")
    trajectory = trajectory_of(trace)
    every = turns = told(trajectory)
    if not args.calls:
        first, last = parse_steps(args.step if args.step is not None else "0")
        turns = tuple(one for one in every if first <= one.step and (last is None or one.step <= last))
        if not turns:
            steps = sorted({one.step for one in every})
            there = f"its turns are at the steps {steps[0]} to {steps[-1]}" if steps else "its agent made no call"
            raise SpecError(f"{result.id} has no turn at step {args.step or 0}; {there}")
    whole = args.system or any(one.number == 1 for one in turns)
    if args.json:
        steps_json = [told_as_json(one, whole=args.system or one.number == 1) for one in turns]
        say(json.dumps({"id": result.id, "dat": str(opened.path), "turns": len(trajectory.turns), "steps": steps_json}))
        return 0
    style: dict[str, bool] = {"color": colored(), "ascii": ascii_only(sys.stdout.encoding)}
    if args.calls:
        say(render_calls(result, turns, width(), **style))
        return 0
    asked = next((asked.call.request for one in (*turns, *every) for asked in one.asked), None)
    if args.system and asked is None:
        raise SpecError(f"no call to a model is recorded of {result.id}, so there is no system prompt; leave --system out")
    system, total = asked if whole else None, len(trajectory.turns)
    scores = so_far(result, trajectory, data_here(args))
    say(render_turns(result, turns, width(), total=total, budget=trajectory.budget, system=system, so_far=scores, **style))
    return 0
