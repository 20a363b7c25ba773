"""`bio agent test`: whether an agent keeps the contract of agents, and plays a cell."""

from __future__ import annotations

import argparse
import os
import re
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager

from ..errors import AlienBioError, SpecError, UnknownNameError
from ..model import AgentProfile, Cell, CellLimits, Outcome, Result
from ..play import AgentInfo, Catalog, run_cell
from ..report import ascii_only
from ..report.page import Page
from ..run import Project, adhoc_cell, build_catalog, instance_cache, refuse_unknown
from ..run.prepare import prepare
from .common import Commands, add_data_option, data_here, project_here, say, width

SCENARIO = "mutualism/competition"
MOST_SECONDS = 60.0
"""For the one cell: an agent that hangs is an answer, too."""
_FRAME = re.compile(r'File "([^"]+)", line (\d+), in (\S+)')


def add_action(actions: Commands[argparse.ArgumentParser]) -> None:
    """Adds `bio agent test`."""
    parser = actions.add_parser(
        "test",
        help="check that an agent keeps the contract of agents, and play one cell with it",
        description="Check an agent: whether it can be built and play here, one cell of SCENARIO at its lowest level, and the "
        "contract of agents (pytest_alienbio.testing.check_agent). A language model gets one tiny call "
        "instead, whose cost is said before. Nobody is at its keyboard meanwhile, and nothing is "
        "recorded. Exits 0 if all is well, 1 if not, with what is to be mended.",
        epilog="examples:\n  bio agent test greedy\n  bio agent test careful --scenario mutualism/hidden_dependency --seed 3",
    )
    parser.add_argument("name", metavar="NAME", help="as a battery would name it")
    parser.add_argument("--scenario", default=SCENARIO, help=f"where it plays (default {SCENARIO})")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="which world (default 0)")
    add_data_option(parser)
    parser.set_defaults(command=test_agent)


def test_agent(args: argparse.Namespace) -> int:
    """Prints what was found. Raises `AlienBioError` for names nobody knows."""
    project = project_here()
    catalog = build_catalog(project.scenario_files)
    if args.name not in project.profiles and args.name not in catalog.agents:
        error = UnknownNameError("agent", args.name, {**catalog.agents, **project.profiles})
        raise AlienBioError(f"{error}; `bio agent list` lists them; those of a conftest.py are known to pytest alone")
    refuse_unknown(args.scenario, project.root, catalog)
    case = _cell(args.scenario, "noop", args.seed, None, project, catalog)[0].case
    try:
        cell, known = _cell(args.scenario, args.name, args.seed, case.difficulty, project, catalog)
    except SpecError as error:
        for complaint in error.complaints:
            _say("agent", str(complaint))
        return 1
    info = known.agent(cell.agent.kind)
    if info.is_model:
        return _pinged(cell.agent)
    with _nobody_at_the_keyboard():
        result = _played(cell, known, args)
        _say_result(result)
        if result.outcome in (Outcome.SKIPPED, Outcome.TIMED_OUT, Outcome.PROVIDER_ERROR):
            return 1
        broken, where = _broken(info, cell)
    if broken:
        _say("contract", f"broken: {broken}", where)
        return 1
    repeats = "; it acts the same at the same seed" if info.deterministic else "; that it repeats itself is not promised"
    _say("contract", f"kept: it has its methods, answers whatever it sees, and changes nothing that is not its own{repeats}")
    return 0 if result.outcome.scored else 1


def _pinged(agent: AgentProfile) -> int:
    """One tiny call to a language model: what it is, what it costs at most, then what it showed."""
    from ..agents.llm.keys import key_of, key_place
    from ..agents.llm.ping import MAX_TOKENS, MOST_INPUT, ping
    from ..agents.llm.prices import price_of, unpriced
    from ..agents.llm.profiles import endpoint_of

    endpoint = endpoint_of(agent.kind, agent.params, agent.access)
    _say("model", f"{endpoint.model}, {endpoint.wire_format}, at {endpoint.base_url or 'its provider'}")
    place = key_place(endpoint)
    _say("key", f"in {place.found}" if place.found else place.problem or ("not needed" if place.ready else "none is there"))
    price = price_of(endpoint)
    _say("cost", unpriced(endpoint) if price is None else f"at most ${price.most(MOST_INPUT, MAX_TOKENS):.4f} for this call")
    try:
        findings = ping(endpoint, key_of(endpoint))
    except AlienBioError as error:
        _say("failed", str(error))
        return 1
    labels = {"good": "answer", "doubt": "note", "bad": "failed"}
    for found in findings:
        _say(labels[found.level], f"{found.kind.replace('_', ' ')}: {found.text}" if found.level != "good" else found.text)
        if found.hint:
            _say("", found.hint)
    return int(any(found.level == "bad" for found in findings))


def _cell(
    scenario: str, agent: str, seed: int, difficulty: int | None, project: Project, catalog: Catalog
) -> tuple[Cell, Catalog]:
    """The cell that is to be played, at the lowest level if none is given, and a catalog that knows what is in it."""
    plan, known = prepare(adhoc_cell(scenario, agent, seed, difficulty=difficulty), project, catalog)
    levels = known.scenario(plan.cells[0].case.scenario).levels
    if difficulty is None and levels:
        plan, known = prepare(adhoc_cell(scenario, agent, seed, difficulty=min(levels)), project, catalog)
    return plan.cells[0], known


def _played(cell: Cell, catalog: Catalog, args: argparse.Namespace) -> Result:
    def stuck(result: Result) -> None:
        _say_result(result)
        os._exit(1)

    root = data_here(args)
    cache = instance_cache(root) if root.is_dir() else None  # what only reads leaves nothing where nothing was
    return run_cell(cell, catalog, limits=CellLimits(wall_clock_s=MOST_SECONDS), cache=cache, on_stuck=stuck)


def _say_result(result: Result) -> None:
    """How the cell ended; where, if something broke."""
    score = "" if result.score is None else f", score {result.score:.3f}"
    _say("cell", f"{result.id}: {result.outcome}{score}")
    if result.reason:
        _say("", result.reason, _where(result.error.traceback) if result.error else "")


def _broken(info: AgentInfo, cell: Cell) -> tuple[str, str]:
    """What of the contract the agent does not keep, and where; two times '' if it keeps it."""
    from ..testing import check_agent

    try:
        check_agent(info, params=cell.agent.params)
    except AssertionError as error:
        what, _, trace = str(error).partition("\n")
        return what, _where(trace)
    except Exception as error:  # noqa: BLE001 - somebody's agent: whatever it raises is what there is to say
        return f"it raised {type(error).__name__}: {error}", _where("".join(traceback.format_exception(error)))
    return "", ""


def _where(trace: str) -> str:
    """The last place a traceback names."""
    found = _FRAME.findall(trace)
    return "at {}:{}, in {}".format(*found[-1]) if found else ""


def _say(label: str, text: str, place: str = "") -> None:
    """Foreign text beside a label, and a place below it, whole, to be copied."""
    page = Page(width(), ascii=ascii_only(sys.stdout.encoding))
    say([*page.labelled(label, text), *([page.whole(" ", place)] if place else [])])


@contextmanager
def _nobody_at_the_keyboard() -> Iterator[None]:
    """Standard input is empty: an agent that asks a person must not wait for one."""
    before = sys.stdin
    with open(os.devnull) as empty:
        sys.stdin = empty
        try:
            yield
        finally:
            sys.stdin = before
