"""What the plugin knows during one pytest session; kept in `config.stash`, made when the first battery appears."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ..errors import AlienBioError, Complaint, SpecError
from ..model import Agent, Battery, Cell, Environment, InstanceCache, Json, Result, Selection, storable
from ..play import AgentRegistry, Catalog, ScenarioRegistry
from ..run import (
    Project,
    Run,
    Settings,
    bio_keys,
    build_catalog,
    find_project,
    instance_cache,
    new_run_id,
    play_one,
    select,
    settings,
)
from ..run.again.asked import Again, again
from ..run.again.start import Start
from ..run.again.starting import begin
from ..run.prepare import prepare
from ..run.stopping import Stop
from ..store.holding import Presence
from .arguments import quoted
from .cell_node import finish_report
from .compat import load_conftests
from .limits import limits_of
from .loaded import Loaded
from .options import Options, options
from .replaying import with_record
from .resuming import for_workers, told_by
from .stash import KEY

if TYPE_CHECKING:
    from ..report import Document
    from .github import Told


class SessionState:
    """The session's batteries and open runs. One in each process of the session, all under one run id."""

    finish_report = staticmethod(finish_report)  # kept here, for every report of every session asks for it

    def __init__(self, config: pytest.Config) -> None:
        workerinput: dict[str, Any] = getattr(config, "workerinput", {})
        shared: dict[str, object] = workerinput.get("alienbio", {})
        self.config = config
        self.options: Options = options(config)
        self.worker = str(workerinput.get("workerid", "main"))
        # Without a battery at preflight the controller has made no run id; xdist's own is the same in every worker.
        common = shared.get("run_id") or os.environ.get("ALIENBIO_RUN_ID") or workerinput.get("testrunuid")
        self.run_id = str(common or new_run_id())
        claimed = shared.get("dats", {})
        self.claimed: dict[str, str] = dict(claimed) if isinstance(claimed, dict) else {}
        self._starts = shared.get("starts")
        self.loaded: dict[Path, tuple[Loaded, ...]] = {}
        self.selected: list[str] | None = None
        """Ids left after `-k` and the like, as an xdist worker collected them; None = ask the session."""
        self.documents: list[Document] = []
        """The reports of this session's result folders."""
        self.shown: list[Document] = []
        """What the terminal shows of them."""
        self.said_last: list[str] = []
        """What the terminal says below them."""
        self.has_lanes = False
        """Whether an engine plays a battery's cells, and not pytest."""
        self.notices: list[str] = []
        """What people are told before the first cell: batteries that are not played as they ask to be."""
        self.told: list[Told] = []
        """What GitHub is told of them."""
        self.session: pytest.Session | None = None
        self.refusal = ""
        """Why no cell of any battery is left, where only workers could find out."""
        self.tests: dict[str, tuple[str, str]] = {}
        """Of Python tests over a battery: id of the item -> the battery's name and the cell's id. Filled at the end."""
        self.done: set[str] = set()
        """Ids of those of them that played something, or ended well without."""
        self.crashed: list[str] = []
        """Ids of items, no cells of a battery file, whose worker died."""
        self.stop = Stop()
        self.interrupted = False
        self.closed = False

    @cached_property
    def project(self) -> Project:
        """The project the session runs in."""
        return find_project(self.config.rootpath)

    @cached_property
    def settings(self) -> Settings:
        """What holds for every battery of the session, the same in all its processes. Raises `SpecError`."""
        return settings(
            self.project,
            options=self.options.given,
            assignments=self.options.assignments,
            ini=bio_keys(self.options.ini),
            ini_file=self.config.inipath,
            cwd=self.config.invocation_params.dir,
        )

    @property
    def selection(self) -> Selection:
        """Which cells the options, the environment and the ini file ask for."""
        return self.settings.selection

    @cached_property
    def again(self) -> Again:
        """What of earlier runs the session uses."""
        return again(self.settings.continuing)

    @property
    def strict(self) -> bool:
        """Whether a gate that is INCONCLUSIVE fails the session."""
        return bool(self.settings.values["strict"].value)

    @cached_property
    def said(self) -> dict[str, Json]:
        """What `--bio-label` and `--bio-note` say of every run of the session. Raises `SpecError`."""
        from ..store.annotations import said_at_start

        return said_at_start(self.options.labels, self.options.note)

    @cached_property
    def data_root(self) -> Path:
        """Where this session's DATs go."""
        return self.settings.data_root(self.project.root)

    @cached_property
    def cache(self) -> InstanceCache:
        """Generated instances, shared by all processes."""
        return instance_cache(self.data_root)

    def load(self, path: Path, session: pytest.Session) -> tuple[Loaded, ...]:
        """The batteries of a file, read and planned once. Raises `SpecError` with every complaint, or the file's own skip."""
        self.session = session
        path = Path(os.path.abspath(path))
        if path not in self.loaded:
            from ..spec import read_battery

            load_conftests(self.config, path.parent)
            proxy = session.gethookproxy(path)

            def register(agents: AgentRegistry, scenarios: ScenarioRegistry) -> None:
                try:
                    proxy.pytest_alienbio_register_agents(registry=agents)
                    proxy.pytest_alienbio_register_scenarios(registry=scenarios)
                except AlienBioError:
                    raise
                except Exception as error:
                    what = f"a register hook in a conftest of {path.parent} failed: {type(error).__name__}: {error}"
                    raise SpecError(what) from error

            try:
                batteries = read_battery(path)
            except SpecError as error:
                if isinstance(error.__cause__, pytest.skip.Exception):  # a Python battery that cannot be played here
                    raise error.__cause__ from None
                raise
            catalog = build_catalog(self.project.scenario_files, register)
            loaded: list[Loaded] = []
            complaints: list[Complaint] = []
            for battery in batteries:
                try:
                    loaded.append(self._plan(path, self.settings.apply(battery), catalog))
                except SpecError as error:
                    complaints += error.complaints
            if complaints:
                raise SpecError(complaints)
            self.loaded[path] = tuple(loaded)
        return self.loaded[path]

    def _plan(self, path: Path, battery: Battery, catalog: Catalog) -> Loaded:
        if battery.experiment and self.options.no_runs:
            battery = replace(battery, experiment=replace(battery.experiment, runs=False))
        catalog = with_record(self, catalog, battery)
        planned, catalog = prepare(battery, self.project, catalog, self.settings.rates)
        kept = frozenset(cell.id for cell in select(planned, self.selection)) if self.selection else None
        file = self.file_id(path)
        return Loaded(path, file, planned, catalog, kept, told_by(self._starts, f"{file}::{planned.battery.name}"))

    def find(self, path: Path, head: str | None, session: pytest.Session) -> Loaded:
        """The battery `head` of a file, or its only one. Raises `SpecError` if that leaves a choice or nothing."""
        found = self.load(path, session)
        if head is None and len(found) > 1:
            raise SpecError(f"{path} holds {len(found)} batteries; name one: head={found[0].head!r}")
        for loaded in found:
            if head in (None, loaded.head):
                return loaded
        raise SpecError(f"{path} has no battery {head!r}; it holds {', '.join(loaded.head for loaded in found)}")

    def claim(self, loaded: Loaded) -> Path:
        """The battery's DAT, created on the first call of the session in any process."""
        if loaded.dat_path is None:
            if known := self.claimed.get(loaded.name):
                loaded.dat_path = Path(known)
            else:
                loaded.dat_path, loaded.hold = begin(
                    loaded.start or Start(),
                    loaded.plan,
                    data_root=self.data_root,
                    run_id=self.run_id,
                    project=self.project.root,
                    source=loaded.file_id,
                    selection=self.selection,
                    said=self.said,
                    play=None if loaded.kept is None else len(loaded.playing),
                )
            self.claimed[loaded.name] = str(loaded.dat_path)
        return loaded.dat_path

    def open(self, loaded: Loaded) -> Run:
        """This process's run in the battery's DAT."""
        if loaded.run is None:
            dat_path = self.claim(loaded)
            if hasattr(self.config, "workerinput"):
                loaded.hold = loaded.hold or Presence(dat_path)
            attempts = loaded.start.attempts if loaded.start else None
            loaded.run = run = Run.of_plan(loaded.plan, dat_path, self.run_id, self.worker, attempts)
            if loaded.plan.battery.timed or self.settings.values["max_time"].value is not None:
                from .deadline import end_if_frozen

                end_if_frozen(self.config, run)
        return loaded.run

    def play(self, loaded: Loaded, cell: Cell, agent: Agent | None = None, environment: Environment | None = None) -> Result:
        """Plays and records one cell, here and now."""
        with self.stop.cell(cell):
            return play_one(
                cell,
                self.open(loaded),
                loaded.catalog,
                limits=loaded.plan.battery.limits,
                allow=limits_of(self).of(loaded).allow,
                cache=self.cache,
                agent=agent,
                environment=environment,
                on_stuck=self.on_stuck,
                stop=self.stop,
            )

    @cached_property
    def on_stuck(self) -> Callable[[Result], None]:
        """Ends this process, if a cell cannot be stopped and nobody else can take its place."""
        from .deadline import end_process

        return partial(end_process, self.config)

    def book(self, loaded: Loaded, result: Result, cell: Cell) -> Result:
        """Records a result that did not come out of playing."""
        return self.open(loaded).record(result, cell)

    def file_id(self, path: Path) -> str:
        """A file as pytest writes it in ids: relative to the root where it lies below it. UTF-8, whatever its name is."""
        root = self.config.rootpath
        return storable(path.relative_to(root).as_posix() if path.is_relative_to(root) else os.path.relpath(path, root))

    def command(self, loaded: Loaded, cell: Cell) -> str:
        """A command that plays just this cell again."""
        file = os.path.relpath(loaded.path, self.config.invocation_params.dir)
        return f"pytest {' '.join(map(quoted, [f'{file}::{loaded.head}::{cell.id}', *self.options.again()]))}"

    def cell_of(self, nodeid: str) -> tuple[Loaded, Cell] | None:
        """The cell a node id means, if it is one of this session's batteries."""
        file, _, rest = nodeid.partition("::")
        head, _, cell_id = rest.partition("::")
        for batteries in self.loaded.values():
            for loaded in batteries:
                if loaded.name == f"{file}::{head}":
                    return next(((loaded, cell) for cell in loaded.plan.cells if cell.id == cell_id), None)
        return None

    def tell(self) -> list[str]:
        """The notices that were not told yet."""
        told, self.notices = self.notices, []
        return told

    def all_loaded(self) -> list[Loaded]:
        """Every battery read so far."""
        return [loaded for batteries in self.loaded.values() for loaded in batteries]

    def for_workers(self) -> dict[str, object]:
        """What an xdist worker is told: plain values only."""
        return {"run_id": self.run_id, "dats": dict(self.claimed), "starts": for_workers(self)}

    def adopt_claims(self, session: pytest.Session) -> None:
        """Takes over DATs that workers claimed for batteries only Python tests name."""
        known = {loaded.name: loaded for loaded in self.all_loaded()}
        for name, dat_path in self.claimed.items():
            file, _, head = name.rpartition("::")
            loaded = known.get(name) or self.find(Path(self.config.rootpath, file), head, session)
            loaded.dat_path = loaded.dat_path or Path(dat_path)

    def release(self) -> None:
        """Gives up what was claimed and is still empty, so that a session that cannot start leaves nothing behind."""
        from ..store import discard, open_for_reading

        for loaded in self.all_loaded():
            if loaded.dat_path and not (loaded.start and (loaded.start.dat_path or loaded.start.reuse)):
                discard(open_for_reading(loaded.dat_path))
                loaded.dat_path = None
            loaded.release()


def state_of(config: pytest.Config) -> SessionState:
    """The session's state, made on the first call."""
    if KEY not in config.stash:
        config.stash[KEY] = SessionState(config)
    return config.stash[KEY]
