"""`--bio-save-baseline`: the run becomes what later ones are held against, if it is fit for that."""

from __future__ import annotations

import os
import shlex
from typing import TYPE_CHECKING

import pytest

from ..errors import AlienBioError
from ..model import inert
from .extra import report
from .gates import plays

if TYPE_CHECKING:
    from pathlib import Path

    from .loaded import Loaded
    from .state import SessionState

OPTION = "--bio-save-baseline"


def check_saving(state: SessionState) -> None:
    """Raises `UsageError` for a name that is none, and for a part of a battery: a baseline is a whole run."""
    name = state.options.save_baseline
    if name is None:
        return
    here = state.config.invocation_params.dir
    if name and (os.sep in name or (here / name).exists()):
        raise pytest.UsageError(
            f"{OPTION} took {inert(name)!r} for the baseline's name; put the option last, or write {OPTION}= for one without"
        )
    for loaded in state.all_loaded():
        if 0 < plays(state, loaded) < len(loaded.plan):
            raise pytest.UsageError(f"{OPTION} makes a baseline of a whole run, and only a part of {loaded.head} is selected")


def save_baseline(session: pytest.Session, state: SessionState, loaded: Loaded, dat_path: Path) -> None:
    """Blesses the run that was just closed and says where; a failed report says why it is not fit, and what to do."""
    from ..run.gates.blessing import bless

    name = state.options.save_baseline or ""
    try:
        blessed = bless(dat_path, project=state.project.root, data_root=state.data_root, name=name)
    except (AlienBioError, OSError) as error:
        title = f"baseline[{name or loaded.head}]"
        command = shlex.join(["bio", "baseline", "save", str(dat_path), *(["--name", name] if name else [])])
        text = f"{inert(str(error), most=1000)}\nto bless it all the same: {inert(command, most=4096, verbatim=True)}"
        report(session, f"{loaded.name}::{title}", loaded.place(title), "failed", text)
        return
    state.said_last.append(f"baseline: {inert(blessed.shown, most=4096, verbatim=True)}")
    state.said_last += (f"  {inert(note, most=400)}" for note in blessed.notes)
