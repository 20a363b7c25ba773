"""`--dry-run`: what a command would do, instead of doing it."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from ..model import Forecast
from ..report import ascii_only, render_forecast
from ..report.columns import wrap
from ..run import together
from .common import say, width


def add_dry_run_option(parser: argparse.ArgumentParser) -> None:
    """Adds `--dry-run`."""
    parser.add_argument(
        "--dry-run",
        action="store_true",
        help="check everything and print the plan, its time and its size; play and write nothing",
    )


def say_forecasts(forecasts: Sequence[Forecast]) -> None:
    """Prints each battery's plan, and what they come to together."""
    every = [*forecasts, together(forecasts)] if len(forecasts) > 1 else forecasts
    for forecast in every:
        say([render_forecast(forecast, width(), ascii=ascii_only(sys.stdout.encoding)), ""])
    say(wrap("nothing was played, nothing was written", width(), indent=""))
