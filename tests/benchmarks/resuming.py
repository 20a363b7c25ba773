"""What going on with a run costs beside playing all of it: CPU time of whole processes, medians of interleaved rounds.

    python -m tests.benchmarks.resuming [CELLS] [ROUNDS]

In each round a run of CELLS no-op cells is played whole, a tenth of its records is cut off (what a kill leaves), and it is
resumed; then once more, with nothing left to play; then all of it is reused in a run of another battery of the same cells. The
last lines take single steps apart: reading what is recorded, comparing the specs. Nothing here is asserted.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from pytest_alienbio.run import Project, build_catalog, find_battery, settings
from pytest_alienbio.run.changes import changes
from pytest_alienbio.run.opening import spec_of
from pytest_alienbio.run.prepare import prepare
from pytest_alienbio.run.resuming import as_stored
from pytest_alienbio.store import dat, find_dats, layout
from pytest_alienbio.store.recorded import recorded

from .cells import CONFTEST, cpu_s


def cut(path: Path, share: float) -> None:
    """Leaves of a closed run what a kill after this share of its cells leaves."""
    for journal in layout.journals(path):
        lines = journal.read_bytes().splitlines(keepends=True)
        journal.write_bytes(b"".join(lines[: int(len(lines) * share)]))
    for name in layout.AT_CLOSE:
        (path / name).unlink()


def write(text: str) -> None:
    """A line, at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def seconds(work: Callable[[], object]) -> float:
    """CPU seconds of a call in this process, the best of three."""
    found = []
    for _ in range(3):
        began = time.process_time()
        work()
        found.append(time.process_time() - began)
    return min(found)


def main(cells: int = 10_000, rounds: int = 3) -> None:
    """Measures and prints."""
    took: dict[str, list[float]] = {"one cell": [], "whole": [], "90 % done": [], "all done": [], "all reused": []}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "conftest.py").write_text(CONFTEST, "utf-8")
        (folder / "pytest.ini").write_text("[pytest]\n", "utf-8")
        for head in ("a", "b"):
            text = f"experiment.{head}: {{scenarios: [nothing], agents: [idle], seeds: {cells}, run: {{traces: none}}}}\n"
            (folder / f"{head}.battery.yaml").write_text(text, "utf-8")
        (folder / "one").mkdir()
        (folder / "one" / "c.battery.yaml").write_text(
            "experiment.c: {scenarios: [nothing], agents: [idle], seeds: 1}\n", "utf-8"
        )
        for _ in range(rounds):
            took["one cell"].append(cpu_s(folder, "one"))
            took["whole"].append(cpu_s(folder, "a.battery.yaml"))
            path = find_dats(folder / "data", "a")[0]
            cut(path, 0.9)
            took["90 % done"].append(cpu_s(folder, "a.battery.yaml", "--bio-resume"))
            took["all done"].append(cpu_s(folder, "a.battery.yaml", "--bio-resume"))
            took["all reused"].append(cpu_s(folder, "b.battery.yaml", "--bio-reuse"))
        whole, start = (statistics.median(took[what]) for what in ("whole", "one cell"))
        write(f"{cells:,} no-op cells, pytest without xdist, {rounds} rounds, medians; CPU seconds of the whole process")
        for what, found in took.items():
            median, each = statistics.median(found), ", ".join(f"{one:.2f}" for one in found)
            share = (median - start) / (whole - start)
            write(
                f"  {what:<11} {median:6.2f} s; without start-up {median - start:6.2f} s, {share:4.2f} of a whole run ({each})"
            )
        write("steps, CPU ms, best of three")
        battery = find_battery(str(folder / "a.battery.yaml"), folder)
        assert battery is not None
        project = Project(folder)
        made: dict[str, object] = {}
        exec_conftest(folder, made)
        catalog = build_catalog((), made["register"])  # type: ignore[arg-type]
        plan, _ = prepare(settings(project, environ={}).apply(battery), project, catalog)
        spec = dat.open(path).spec()
        for what, work in {
            "recorded": lambda: recorded(path),
            "spec_of": lambda: spec_of(plan),
            "changes": lambda: changes(spec, as_stored(spec_of(plan))),
        }.items():
            write(f"  {what:<11} {1000 * seconds(work):7.1f} ms")


def exec_conftest(folder: Path, made: dict[str, object]) -> None:
    """The conftest's agents and scenarios as a register function, under `register`."""
    import importlib.util

    found = importlib.util.spec_from_file_location("bench_conftest", folder / "conftest.py")
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)

    def register(agents: object, scenarios: object) -> None:
        module.pytest_alienbio_register_agents(agents)
        module.pytest_alienbio_register_scenarios(scenarios)

    made["register"] = register


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
