"""Reading a baseline's file, which people edit and merge: whole, or refused with every place where it makes no sense."""

from __future__ import annotations

import math
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn

from ..errors import Complaint, SpecError, did_you_mean
from ..model import AgentVersion, Baseline, Batch, BatchCell, Blessing, Json, ScenarioVersion, canonical, inert
from ..model.cell import ROLES
from ..model.task import DIRECTIONS
from .baseline import CASE
from .codec import VERSION
from .disk import store_error
from .strictjson import Trail, offsets, place, read_json, shown

MAX_BYTES = 64 * 2**20
MOST = 20
"""Complaints that are told at once."""
HINT = "take the file as it was from version control, or bless a run anew: bio baseline save"
_TOP = ("v", "battery", "metrics", "blessed", "from", "scenarios", "agents", "cells")


def read_baseline(path: Path, name: str = "") -> Baseline:
    """The baseline in a file, called `name`, or by its path.

    Raises `SpecError` with file:line:column for what it cannot be, `StoreError` for a file that cannot be read.
    """
    try:
        about = path.stat()
        if not stat.S_ISREG(about.st_mode):
            raise SpecError(Complaint("is no file", str(path), expected="the file of a baseline"))
        if about.st_size > MAX_BYTES:
            what = f"has {about.st_size:,} bytes, more than the {MAX_BYTES:,} that a baseline may have"
            raise SpecError(Complaint(what, str(path), hint=HINT))
        raw = path.read_bytes()
    except OSError as error:
        raise store_error("read", path, error) from error
    return parse_baseline(raw, str(path), name or str(path))


def parse_baseline(raw: bytes, file: str, name: str) -> Baseline:
    """The baseline that a file's bytes are. Raises `SpecError`."""
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SpecError(Complaint(f"not readable as UTF-8 (byte {error.start})", file, hint=HINT)) from None
    value = read_json(text, file, HINT)
    return _Reading(text, file).baseline(value, name)


class _Reading:
    """What is wrong with a file, collected; values that cannot be stand for others until it is refused."""

    def __init__(self, text: str, file: str) -> None:
        self.text, self.file = text, file
        self.found: list[Complaint] = []
        self._offsets: dict[Trail, int] | None = None

    def complain(self, at: Trail, what: str, *, expected: str = "", hint: str = "") -> None:
        """Notes a complaint at a value, or at the nearest thing around it."""
        if self._offsets is None:
            self._offsets, _ = offsets(self.text)
        while at not in self._offsets:
            at = at[:-1]
        line, column = place(self.text, self._offsets[at])
        self.found.append(Complaint(what, self.file, line, column, expected, hint))
        if len(self.found) >= MOST:
            self.refuse()

    def refuse(self) -> NoReturn:
        """Raises what was found; the first says what to do."""
        first, *others = self.found
        hint = "; ".join(filter(None, (first.hint, HINT)))
        raise SpecError([Complaint(first.what, first.file, first.line, first.column, first.expected, hint), *others])

    def baseline(self, value: Json, name: str) -> Baseline:
        """The whole file."""
        top = self.mapping(value, (), _TOP)
        version = top.get("v")
        if type(version) is not int or version < 1:
            self.complain(("v",), f"`v` is {shown(version)}", expected=f"the format version, 1 to {VERSION}")
            self.refuse()
        if version > VERSION:
            what = f"format version {version} is newer than {VERSION}, the newest this pytest-alienbio can read"
            raise SpecError(Complaint(what, self.file, *place(self.text, 0), hint="upgrade pytest-alienbio"))
        metrics = self.mapping(top.get("metrics"), ("metrics",))
        for metric, better in metrics.items():
            if better is not None and better not in DIRECTIONS:
                hint = did_you_mean(better, DIRECTIONS) if isinstance(better, str) else ""
                expected = "higher or lower, or null where nobody says"
                self.complain(("metrics", metric), f"{shown(metric)} is better {shown(better)}", expected=expected, hint=hint)
        for metric in set(metrics).intersection(CASE):
            self.complain(("metrics", metric), f"a metric cannot be called {metric!r}", hint=f"call it metrics.{metric}")
        if not metrics:
            self.complain(("metrics",), "`metrics` names none", expected='one at least: {"score": "higher"}')
        scenarios = {
            key: self.scenario(each, ("scenarios", key))
            for key, each in self.mapping(top.get("scenarios"), ("scenarios",)).items()
        }
        agents, verified = {}, set()
        for key, each in self.mapping(top.get("agents"), ("agents",)).items():
            agents[key], leaves = self.agent(each, ("agents", key), scenarios)
            verified |= {(key, scenario) for scenario in leaves}
        about = self.mapping(top.get("from", {}), ("from",), ("run", "dat", "at", "commit", "dirty", "format", "world"))
        dirty, of_format = about.get("dirty"), about.get("format", 1)
        if not isinstance(dirty, bool | None):
            self.complain(("from", "dirty"), f"`dirty` is {shown(dirty)}", expected="true or false")
        if type(of_format) is not int or of_format < 1:
            self.complain(("from", "format"), f"`format` is {shown(of_format)}", expected="a format version")
        cells = self.cells(top.get("cells"), list(metrics), scenarios, agents)
        words = {key: self.text_at(about, key, ("from",)) for key in ("run", "dat", "at", "commit", "world")}
        battery = self.text_at(top, "battery", (), needed=True)
        blessing = self.blessing(top["blessed"]) if "blessed" in top else None
        if self.found:
            self.refuse()
        better = {metric: str(told) for metric, told in metrics.items() if told}
        batch = Batch(
            battery,
            cells,
            better,
            scenarios,
            agents,
            version=int(str(of_format)),
            dirty=dirty if isinstance(dirty, bool) else None,
            **words,
        )
        return Baseline(batch, name, "file", blessing, frozenset(verified))

    def blessing(self, value: Json) -> Blessing:
        """Who answers for it."""
        at: Trail = ("blessed",)
        told = self.mapping(value, at, ("by", "at", "why", "verdict", "forced"))
        by, when, why, verdict = (
            self.text_at(told, key, at, needed=key in ("by", "at")) for key in ("by", "at", "why", "verdict")
        )
        return Blessing(by, when, why, self.flag(told, "forced", at), verdict)

    def scenario(self, value: Json, at: Trail) -> ScenarioVersion:
        """What decides a scenario's question and score."""
        told = self.mapping(value, at, ("content", "scoring", "bar", "deterministic"))
        content, scoring, bar = (self.text_at(told, key, at) for key in ("content", "scoring", "bar"))
        return ScenarioVersion(content, scoring, bar, self.flag(told, "deterministic", at))

    def agent(self, value: Json, at: Trail, scenarios: Mapping[str, ScenarioVersion]) -> tuple[AgentVersion, list[str]]:
        """What decides how an agent acts, and the scenarios on which it gave the same numbers twice."""
        told = self.mapping(value, at, ("hash", "role", "deterministic", "models", "verified"))
        role = self.text_at(told, "role", at) or "candidate"
        if role not in ROLES:
            self.complain((*at, "role"), f"unknown role {shown(role)}", hint=did_you_mean(role, ROLES))
        models = tuple(each for each in self.list_at(told.get("models", []), (*at, "models")) if isinstance(each, str))
        made = AgentVersion(self.text_at(told, "hash", at), role, self.flag(told, "deterministic", at), models)
        leaves = [each for each in self.list_at(told.get("verified", []), (*at, "verified")) if isinstance(each, str)]
        for scenario in leaves:
            if not made.deterministic or scenario not in scenarios or not scenarios[scenario].deterministic:
                what = f"{shown(scenario)} is verified, and not both agent and scenario are deterministic"
                self.complain((*at, "verified"), what)
        return made, leaves

    def cells(
        self,
        value: Json,
        metrics: list[str],
        scenarios: Mapping[str, ScenarioVersion],
        agents: Mapping[str, AgentVersion],
    ) -> tuple[BatchCell, ...]:
        """The cells, ordered; each once."""
        known: set[tuple[object, ...]] = set()
        made: list[BatchCell] = []
        for n, each in enumerate(self.list_at(value, ("cells",))):
            at: Trail = ("cells", n)
            sound = len(self.found)
            line = self.mapping(each, at, (*CASE, *metrics))
            agent, scenario = (self.text_at(line, key, at, needed=True) for key in ("agent", "scenario"))
            for name, word, names in (("agent", agent, agents), ("scenario", scenario, scenarios)):
                if word and word not in names:
                    hint = did_you_mean(word, names)
                    self.complain(
                        (*at, name), f"{name} {shown(word)} is not among the {name}s above", hint=inert(hint, most=300)
                    )
            level, variant = line.get("difficulty"), line.get("variant", 1)
            if level is not None and type(level) is not int:
                self.complain((*at, "difficulty"), f"`difficulty` is {shown(level)}", expected="a whole number")
            if type(variant) is not int or variant < 1:
                self.complain((*at, "variant"), f"`variant` is {shown(variant)}", expected="a whole number from 1")
            params = self.mapping(line.get("params", {}), (*at, "params"))
            plain = (agent, scenario, level, canonical(params) if params else "", variant)
            seeds = self.list_at(line.get("seeds"), (*at, "seeds"))
            why = self.mapping(line.get("why", {}), (*at, "why"))
            columns = {metric: self.column(line, metric, len(seeds), at) for metric in metrics}
            if len(self.found) > sound:
                continue
            for k, seed in enumerate(seeds):
                if type(seed) is not int or seed < 0:
                    self.complain((*at, "seeds", k), f"{shown(seed)} is no seed", expected="a whole number from 0")
                    continue
                if (*plain, seed) in known:
                    what = f"seed {seed} of {shown(agent)} on {shown(scenario)} is there twice"
                    self.complain((*at, "seeds", k), what)
                known.add((*plain, seed))
                values = {m: float(column[k]) for m, column in columns.items() if k < len(column) and column[k] is not None}
                reason = why.get(str(seed), "")
                if not isinstance(reason, str) or (reason and values):
                    odd = "has a number and a reason why it has none" if values else "has a `why` that is no text"
                    self.complain((*at, "why", str(seed)), f"seed {seed} {odd}")
                    continue
                if not self.found:
                    made.append(BatchCell(agent, scenario, seed, level, plain[3], int(str(variant)), values, reason))
            for seed in why.keys() - set(map(str, seeds)):
                self.complain((*at, "why", seed), f"`why` tells of seed {shown(seed)}, which is not among the seeds")
        return tuple(sorted(made, key=lambda cell: (cell.agent, cell.scenario, cell.unit)))

    def column(self, line: Mapping[str, Any], metric: str, length: int, at: Trail) -> list[Any]:
        """The numbers of one metric, one a seed; null where it is missing."""
        numbers = self.list_at(line.get(metric), (*at, metric))
        if len(numbers) != length:
            what = f"{shown(metric)} has {len(numbers)} numbers for {length} seeds"
            self.complain((*at, metric), what, expected="one for each; null for one that is missing")
        for k, each in enumerate(numbers):
            if each is not None and (isinstance(each, bool) or not isinstance(each, int | float) or not _fits(each)):
                self.complain((*at, metric, k), f"{shown(each)} is no number", expected="a number, or null")
                numbers = [None if n == k else kept for n, kept in enumerate(numbers)]
        return numbers

    def mapping(self, value: Json, at: Trail, known: tuple[str, ...] = ()) -> dict[str, Any]:
        """An object; of one with known keys every other key is refused."""
        if not isinstance(value, dict):
            self.complain(at, _not_so(value, at), expected="an object {...}")
            return {}
        for key in value.keys() - set(known) if known else ():
            self.complain((*at, key), f"unknown key {shown(key)}", hint=inert(did_you_mean(key, known, most=12), most=300))
        return value

    def list_at(self, value: Json, at: Trail) -> list[Any]:
        """A list."""
        if isinstance(value, list):
            return value
        self.complain(at, _not_so(value, at), expected="a list [...]")
        return []

    def text_at(self, told: Mapping[str, Any], key: str, at: Trail, *, needed: bool = False) -> str:
        """A text; '' if it is not there."""
        value = told.get(key, "")
        if isinstance(value, str) and (value or not needed):
            return value
        self.complain((*at, key), f"`{key}` is {shown(value)}" if key in told else f"`{key}` is missing", expected="a text")
        return ""

    def flag(self, told: Mapping[str, Any], key: str, at: Trail) -> bool:
        """True or false; false if it is not there."""
        value = told.get(key, False)
        if not isinstance(value, bool):
            self.complain((*at, key), f"`{key}` is {shown(value)}", expected="true or false")
        return value is True


def _not_so(value: Json, at: Trail) -> str:
    name = f"`{inert(str(at[-1]), most=60)}`" if at else "the file"
    return f"{name} is missing" if value is None else f"{name} is {shown(value)}"


def _fits(number: float) -> bool:
    try:
        return math.isfinite(float(number))
    except OverflowError:
        return False
