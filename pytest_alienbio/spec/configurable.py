"""What a battery and `bio.yaml` spell alike: seeds, the bar, limits, traces. Imports pydantic: import it late."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Literal

from pydantic import BaseModel, Discriminator, Field, Tag

from ..model.engine import MAX_WIDTH
from .fields import Aggregate, Engine, Reports, Score, Seed, Strict, Template
from .gate_schema import Gates, SeedsUntil
from .looks import WORDS, looks_between
from .names import AGGREGATE, OUTPUT_PATH, Cells, TraceFiles, Traces
from .ranges import MAX_SEEDS
from .settings import MAX_COUNT, MAX_MEMORY_MB, MAX_RETRIES, MAX_SECONDS, MAX_STEPS, MAX_USD

Usd = Annotated[float, Field(ge=0, le=MAX_USD, allow_inf_nan=False)]
Retried = Literal["agent_error", "environment_error", "scorer_error", "provider_error", "timed_out"]
Tokens = Annotated[int, Field(ge=0, le=MAX_COUNT)]


class SeedRange(Strict):
    """`{start: 100, count: 20}`: consecutive seeds."""

    start: Seed = Field(default=0, description="The first seed.", examples=[100])
    count: Annotated[int, Field(ge=1, le=MAX_SEEDS)] = Field(description="How many seeds, one after the other.", examples=[20])


def _kind_of_seeds(value: object) -> str | None:
    if isinstance(value, bool):
        return None
    kinds: Mapping[type, str] = {int: "<count>", list: "<list>", dict: "<range>", SeedRange: "<range>"}
    return kinds.get(type(value))


Seeds = Annotated[
    Annotated[int, Field(ge=1, le=MAX_SEEDS), Tag("<count>")]
    | Annotated[list[Seed], Field(min_length=1, max_length=MAX_SEEDS), Tag("<list>")]
    | Annotated[SeedRange, Tag("<range>")],
    Discriminator(_kind_of_seeds, custom_error_type="wrong_kind", custom_error_message="wrong kind"),
]


def _kind_or_until(value: object) -> str | None:
    until = isinstance(value, SeedsUntil) or (isinstance(value, dict) and not WORDS.isdisjoint(value))
    return "<until>" if until else _kind_of_seeds(value)


SeedsOrUntil = Annotated[
    Annotated[int, Field(ge=1, le=MAX_SEEDS), Tag("<count>")]
    | Annotated[list[Seed], Field(min_length=1, max_length=MAX_SEEDS), Tag("<list>")]
    | Annotated[SeedRange, Tag("<range>")]
    | Annotated[SeedsUntil, Tag("<until>")],
    Discriminator(_kind_or_until, custom_error_type="wrong_kind", custom_error_message="wrong kind"),
]


class SeedKeys(SeedRange, SeedsUntil):
    """Every key that `seeds:` of a battery may have, of either kind."""


def looks_of(seeds: object) -> tuple[int, ...]:
    """After how many seeds the gates look; () for a fixed number of seeds."""
    if not isinstance(seeds, SeedsUntil):
        return ()
    return tuple(seeds.looks) if seeds.looks else looks_between(seeds.min or 1, seeds.max or 1)


def seeds_of(seeds: int | list[int] | SeedRange | SeedsUntil) -> tuple[int, ...]:
    """Each seed, in order; of those that are played until the gates are decided all there may be."""
    if isinstance(seeds, SeedsUntil):
        return tuple(range(seeds.start, seeds.start + looks_of(seeds)[-1]))
    if isinstance(seeds, int):
        return tuple(range(seeds))
    if isinstance(seeds, list):
        return tuple(seeds)
    return tuple(range(seeds.start, seeds.start + seeds.count))


class PerCell(Strict):
    """`limits.per_cell:`, the limits of each single cell."""

    steps: Annotated[int, Field(ge=1, le=MAX_STEPS)] | None = Field(
        default=None, description="How often an agent may act in a cell; then the cell is truncated and scored.", examples=[50]
    )
    wall_clock_s: Annotated[float, Field(gt=0, le=MAX_SECONDS, allow_inf_nan=False)] | None = Field(
        default=None,
        description="Seconds that a cell may take; then it is recorded as timed out, without a score.",
        examples=[120],
    )
    usd: Usd | None = Field(
        default=None,
        description="Money that the agent may spend in a cell; then the cell is recorded as over_limit, without a score.",
        examples=[0.2],
    )
    tokens: Tokens | None = Field(
        default=None, description="Model tokens that the agent may use in a cell, likewise.", examples=[50_000]
    )
    memory_mb: Annotated[int, Field(ge=1, le=MAX_MEMORY_MB)] | None = Field(
        default=None,
        description="Megabytes that its process may grow by while a cell plays; then the cell is recorded as over_limit, "
        "and the others go on.",
        examples=[2000],
    )


class Limits(Strict):
    """`limits:`, what a run may take in all, and each of its cells."""

    usd: Usd | None = Field(
        default=None,
        description="Money that a run may spend; the worst case of a call is set aside before it is made.",
        examples=[5],
    )
    tokens: Tokens | None = Field(default=None, description="Model tokens that a run may use, likewise.", examples=[1_000_000])
    cells: Annotated[int, Field(ge=1, le=MAX_COUNT)] | None = Field(
        default=None, description="Cells that a run may start; the others are recorded as not_run.", examples=[2000]
    )
    wall_clock_s: Annotated[float, Field(gt=0, le=MAX_SECONDS, allow_inf_nan=False)] | None = Field(
        default=None, description="Seconds after which a run starts no cell any more.", examples=[600]
    )
    per_cell: PerCell = Field(
        default_factory=PerCell, description="Limits of each single cell.", examples=[{"steps": 50, "wall_clock_s": 120}]
    )


class Run(Strict):
    """`run:`, how cells are played and kept."""

    traces: Traces = Field(
        default="all", description="Which cells keep their trace, step by step: all, those that did not pass, or none."
    )
    trace_files: TraceFiles = Field(
        default="auto",
        description="How traces are kept: one JSON file a cell, packed together, or (auto) JSON for up to 200 cells.",
    )
    engine: Engine | None = Field(
        default=None,
        description="Who plays the cells: inline (one after the other), threads[:N] or dask[:ADDRESS]; else pytest does.",
        examples=["threads:16"],
    )
    concurrency: Annotated[int, Field(ge=1, le=MAX_WIDTH)] | None = Field(
        default=None, description="Cells that an engine plays at once.", examples=[16]
    )
    retries: dict[Retried, Annotated[int, Field(ge=1, le=MAX_RETRIES)]] = Field(
        default_factory=dict,
        description="How often a cell that broke is played again at once, by how it ended; every attempt is recorded.",
        examples=[{"provider_error": 3}],
    )
    checkpoint: Annotated[int, Field(ge=0, le=MAX_STEPS)] = Field(
        default=0,
        description="Calls between two checkpoints of a cell, from which it goes on if its process dies; 0 makes none.",
        examples=[20],
    )


class Configurable(Strict):
    """The keys that may stand in a battery, and in `bio.yaml` for all batteries that do not give them."""

    seeds: SeedsOrUntil = Field(
        default_factory=list,
        description="Which worlds are played: 10 is the seeds 0 to 9; or a list; or {start: ..., count: ...}; or as many as "
        "the gates need: {min: 3, max: 10, until: decided}.",
        examples=[10, [3, 5], {"start": 100, "count": 20}, {"min": 3, "max": 10, "until": "decided"}],
    )
    output_path: Template | None = Field(
        default=None,
        description="Where a run's results go, below the data root. Fields: {battery} {date} {seq} {user} {host} {commit}.",
        examples=[OUTPUT_PATH],
    )
    aggregate: Aggregate | None = Field(
        default=None,
        description="A folder below the data root that gets a light record of each cell, too: one for many runs. Fields as in "
        "output_path, without {seq}.",
        examples=[AGGREGATE],
    )
    passing_score: Score | None = Field(
        default=None, description="The score from which a cell passes, 0 to 1; without it, each scenario's own.", examples=[0.6]
    )
    cells: Cells = Field(
        default="assert",
        description="assert: a candidate's cell below the bar fails as a test; record: it is only recorded, as where there are "
        "gates and nothing is said.",
    )
    gates: Gates = Field(
        default_factory=list,
        description="What a run is held against, and when it fails: a list of metrics, or of {metric, against, tol, ...}.",
        examples=[[{"metric": "score", "tol": 0.02}]],
    )
    limits: Limits = Field(
        default_factory=Limits,
        description="What a run may take, and each of its cells; a cap that is reached stops the run, and nothing is lost.",
        examples=[{"usd": 5, "per_cell": {"steps": 50, "wall_clock_s": 120}}],
    )
    report: Reports = Field(
        default_factory=lambda: ["terminal"],
        description="How a run is reported: at the end on the terminal, as reports/report.md, report.json or report.html "
        "in the result folder. csv is its summary.csv, which is always written.",
        examples=[["terminal", "markdown"], "terminal"],
    )
    run: Run = Field(default_factory=Run, description="How cells are played and kept.", examples=[{"traces": "failed"}])


def made(model: BaseModel, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], object]]:
    """What a file says itself of `model`: the path of each value given, and the value; sections are gone into."""
    for name in type(model).model_fields:
        if name in model.model_fields_set:
            value = getattr(model, name)
            if isinstance(value, BaseModel) and not isinstance(value, SeedRange | SeedsUntil):
                yield from made(value, (*path, name))
            else:
                yield (*path, name), value
