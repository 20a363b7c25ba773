"""A scenario file, read and checked: what every instance of it is generated from."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from ..errors import SpecError, did_you_mean
from ..model.canonical import Json, digest
from ..model.source import Path, Source, Tagged, plain, shorter, spelled
from .blueprint import Blueprint
from .document import Complaints, Evaluation, Node, drawn_names, expressions_of, names_used, read_expression
from .draw_up import EVALUATED, draw_up
from .drawing import LEVELS
from .expressions import Expression, parse
from .interpreter import ExpressionError
from .regions import roles_of
from .scoring import OF_A_ROLE, PARTS, SCORING_FUNCTIONS, SCORING_NAMES, VERSION, FormulaError, Rules, grade, parts_before
from .streams import GENERATOR_VERSION

HEAD = ("scenario", "version", "description", "tags", "difficulty", "scoring", "passing_score", "briefing", "constitution")
NEEDED = ("scenario", "interface", "goals", "briefing")
TELLING = ("scenario", "interface", "molecules", "species", "goals")
"""Keys that nothing but a scenario file has at its top."""


@dataclass(frozen=True, slots=True)
class Template:
    """A checked scenario file. `blueprint` gives what it says at a difficulty, drawn from a generator."""

    name: str
    """`family/scenario`."""
    version: int
    tags: tuple[str, ...]
    levels: tuple[int, ...]
    """Difficulties it can be played at, ascending, each in 1..5."""
    default_level: int
    """The one a bare name plays at."""
    passing_score: float
    content_hash: str
    """Of what the file says (not of its layout or comments) and the generator version."""
    scoring_hash: str
    """Of what it says of goals and scoring, and the version of the standard scoring."""
    world_hash: str
    """Of what it says of the world and what may be done there, and the generator version: not of goals, scoring and texts."""
    description: str = field(repr=False)
    """What it is about, for who picks scenarios; no agent sees it, and it is no part of the content."""
    briefing: str = field(repr=False)
    constitution: str = field(repr=False)
    roles: frozenset[str] = field(repr=False)
    """Quantities and regions of any level."""
    source: Source = field(repr=False)
    formulas: Mapping[str, Expression] = field(repr=False)
    """The file's own scoring, in its order; {} for the standard."""
    expressions: Mapping[tuple[str, bool], Expression] = field(repr=False)
    """Every `!ev` and every `{...}` in a name, parsed: (text, inside a name) -> expression."""

    def __hash__(self) -> int:
        return hash((self.name, self.content_hash))

    def blueprint(self, difficulty: int, rng: np.random.Generator) -> Blueprint:
        """One draw. Raises `SpecError` if the draw breaks a rule the file's other draws keep (a rate below 0, say)."""
        complaints = Complaints(self.source)
        blocks = _evaluate(self.source, difficulty, rng, self.expressions, complaints)
        blueprint = draw_up(blocks, self.roles, complaints)
        if complaints.found:
            raise SpecError(tuple(complaints.found.values()))
        return blueprint


def is_scenario(value: object) -> bool:
    """Whether a parsed file is meant as a scenario, be it without its `scenario:` line; one of the older format may be, too."""
    return (
        isinstance(value, Mapping)
        and not any(str(key).startswith("experiment") for key in value)
        and any(key in value for key in TELLING)
    )


def read_template(source: Source) -> Template:
    """Checks a parsed scenario file, at every difficulty it has. Raises `SpecError` with everything that is wrong with it."""
    complaints = Complaints(source)
    tree = source.value
    if not isinstance(tree, dict):
        raise SpecError(source.complain((), "not a scenario", expected="a mapping that begins with `scenario: family/name`"))
    _check_head(tree, complaints)
    levels, default_level = _levels(tree.get("difficulty"), complaints)
    expressions = _parse_all(tree, complaints)
    formulas = _parse_scoring(tree.get("scoring"), complaints)
    evaluated = {level: _evaluate(source, level, _probe(), expressions, complaints) for level in levels}
    # A file may mention what only exists at a difficulty it is not offered at.
    others = [
        _evaluate(source, level, _probe(), expressions, Complaints(source))
        for level in range(1, LEVELS + 1)
        if level not in levels
    ]
    roles = frozenset(role for blocks in (*evaluated.values(), *others) for role in roles_of(blocks))
    for level, blocks in evaluated.items():
        before = len(complaints.found)
        blueprint = draw_up(blocks, roles, complaints)
        _check_texts(tree, blueprint, level, roles, complaints)
        _check_roles_of(formulas, roles, complaints)
        if formulas and len(complaints.found) == before:
            _try_scoring(blueprint, formulas, level, complaints)
    name, tags = _name(tree, complaints), _tags(tree.get("tags"), complaints)
    version = _plain_number(tree, "version", 1, complaints)
    if version != int(version):
        complaints.add(("version",), f"`version` is {version}", expected="a whole number")
    passing_score = _plain_number(tree, "passing_score", 0.6, complaints)
    if not 0.0 <= passing_score <= 1.0:
        complaints.add(("passing_score",), f"`passing_score` is {passing_score}", expected="a number 0..1")
    description, briefing, constitution = (_text(tree, key, complaints) for key in ("description", "briefing", "constitution"))
    content = {key: each for key, each in tree.items() if key != "description"}
    judged = {key: each for key, each in tree.items() if key in ("goals", "protect", "scoring")}
    world = {key: each for key, each in tree.items() if key not in (*HEAD, *judged)}
    if complaints.found:
        raise SpecError(sorted(complaints.found.values(), key=lambda complaint: (complaint.line, complaint.column)))
    return Template(
        name=name,
        version=int(version),
        tags=tags,
        levels=levels,
        default_level=default_level,
        passing_score=passing_score,
        content_hash=digest({"generator": GENERATOR_VERSION, "scenario": _ordered(plain(content))}),
        scoring_hash=digest({"scoring": VERSION, "scenario": _ordered(plain(judged))}),
        world_hash=digest({"generator": GENERATOR_VERSION, "scenario": _ordered(plain(world))}),
        description=" ".join(description.split()),
        briefing=briefing,
        constitution=constitution,
        roles=roles,
        source=source,
        formulas=formulas,
        expressions=expressions,
    )


def _probe() -> np.random.Generator:
    return np.random.Generator(np.random.PCG64(0))


def _ordered(value: Json) -> Json:
    """`value` with mappings as lists of pairs: draws follow the document's order, so the order belongs to the content."""
    if isinstance(value, Mapping):
        return [[key, _ordered(each)] for key, each in value.items()]
    if isinstance(value, list):
        return [_ordered(each) for each in value]
    return value


def _evaluate(
    source: Source,
    difficulty: int,
    rng: np.random.Generator,
    expressions: Mapping[tuple[str, bool], Expression],
    complaints: Complaints,
) -> dict[str, Node]:
    tree = source.value
    assert isinstance(tree, dict)
    walk = Evaluation(difficulty, rng, expressions, complaints)
    walk.draw(tree.get("draws"))
    found = {}
    for block, raw in tree.items():
        node = walk.node(raw, (block,)) if block in EVALUATED and block != "draws" else None
        if node is not None:
            found[block] = node
    return found


def _check_head(tree: dict[object, object], complaints: Complaints) -> None:
    known = (*HEAD, *EVALUATED)
    for key in tree:
        place: Path = (key if isinstance(key, int) else str(key),)
        if key not in known:
            complaints.add(place, f"unknown key {key!r}", hint=did_you_mean(str(key), known), key=True)
    for key in NEEDED:
        if key not in tree:
            complaints.add((), f"`{key}` is missing", expected="scenario: family/name" if key == "scenario" else "")


def _name(tree: dict[object, object], complaints: Complaints) -> str:
    name = tree.get("scenario", "")
    if isinstance(name, str) and re.fullmatch(r"[a-z0-9_-]+(/[a-z0-9_-]+)*", name):
        return name
    if "scenario" in tree:
        complaints.add(
            ("scenario",), f"{spelled(name)} is no scenario name", expected="small letters, digits, - and _, like family/name"
        )
    return ""


def _tags(tags: object, complaints: Complaints) -> tuple[str, ...]:
    if tags is None:
        return ()
    if isinstance(tags, list) and all(isinstance(tag, str) and tag for tag in tags):
        return tuple(tags)
    complaints.add(("tags",), "`tags` is not a list of words")
    return ()


def _text(tree: dict[object, object], key: str, complaints: Complaints) -> str:
    text = tree.get(key, "")
    if isinstance(text, str):
        return text
    complaints.add((key,), f"`{key}` is not text")
    return ""


def _plain_number(tree: dict[object, object], key: str, default: float, complaints: Complaints) -> float:
    value = tree.get(key, default)
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e9:
        return value
    complaints.add((key,), f"`{key}` is not a plain number")
    return default


def _levels(block: object, complaints: Complaints) -> tuple[tuple[int, ...], int]:
    """(levels, default level) of the `difficulty:` block; a file without one has the single level 1."""
    if block is None:
        return (1,), 1
    if not isinstance(block, dict):
        complaints.add(("difficulty",), "`difficulty` is not a mapping", expected="{levels: [1, 2, 3], default: 1}")
        return (1,), 1
    for key in block:
        if key not in ("levels", "default"):
            complaints.add(
                ("difficulty", str(key)), f"unknown key {key!r}", hint=did_you_mean(str(key), ("levels", "default")), key=True
            )
    levels = block.get("levels", list(range(1, LEVELS + 1)))
    whole = isinstance(levels, list) and all(isinstance(n, int) and not isinstance(n, bool) for n in levels)
    if not whole or not levels or sorted(set(levels)) != levels or not 1 <= levels[0] <= levels[-1] <= LEVELS:
        complaints.add(("difficulty", "levels"), f"levels {spelled(levels)}", expected=f"whole numbers 1..{LEVELS}, ascending")
        levels = [1]
    default = block.get("default", levels[0])
    if default not in levels or isinstance(default, bool):
        complaints.add(("difficulty", "default"), f"the default level {spelled(default)} is not one of {levels}")
        default = levels[0]
    return tuple(levels), int(default)


def _parse_all(tree: dict[object, object], complaints: Complaints) -> dict[tuple[str, bool], Expression]:
    expressions: dict[tuple[str, bool], Expression] = {}
    blocks = {key: value for key, value in tree.items() if key in EVALUATED}
    drawn = drawn_names(tree.get("draws"), complaints)
    for path, text, inside_name in expressions_of(blocks):
        try:
            expressions.setdefault((text, inside_name), read_expression(text, inside_name=inside_name, drawn=drawn))
        except ExpressionError as error:
            complaints.add(path, f"`{shorter(text)}`: {error}")
    for key, value in tree.items():
        if key in HEAD and key != "scoring":
            for path, text, _inside in expressions_of({key: value}):
                if key not in ("briefing", "constitution"):
                    complaints.add(path, f"`{shorter(text)}`: nothing is evaluated here", expected="a plain value")
    return expressions


def _parse_scoring(block: object, complaints: Complaints) -> dict[str, Expression]:
    if block is None:
        return {}
    if not isinstance(block, dict):
        complaints.add(("scoring",), "`scoring` is not a mapping", expected=f"some of {', '.join(PARTS)}")
        return {}
    formulas: dict[str, Expression] = {}
    for key, value in block.items():
        place: Path = ("scoring", str(key))
        if key not in PARTS:
            complaints.add(place, f"unknown key {key!r}", hint=did_you_mean(str(key), PARTS), key=True)
        elif not isinstance(value, Tagged) or value.tag != "!_":
            complaints.add(
                place, f"scoring.{key} is not an expression", expected='!_ "..." (evaluated when an episode is scored)'
            )
        else:
            known = parts_before(str(key), [*block])
            try:
                formulas[str(key)] = found = parse(value.text, names=SCORING_NAMES, functions=SCORING_FUNCTIONS)
                for name in sorted(found.names.intersection(PARTS).difference(known)):
                    what = f"`{shorter(value.text)}`: scoring.{key} cannot use `{name}`"
                    expected = f"a part that is known before it ({', '.join(known) or 'there is none'})"
                    complaints.add(place, what, expected=expected)
            except ExpressionError as error:
                complaints.add(place, f"`{shorter(value.text)}`: {error}")
    return formulas


def _check_roles_of(formulas: Mapping[str, Expression], roles: frozenset[str], complaints: Complaints) -> None:
    for part, formula in formulas.items():
        for function, text in formula.strings:
            if function not in OF_A_ROLE:
                complaints.add(("scoring", part), f"{function}(...) takes no text")
            elif text not in roles:
                complaints.add(("scoring", part), f"unknown role {text!r}", hint=did_you_mean(text, roles))


def _try_scoring(blueprint: Blueprint, formulas: Mapping[str, Expression], level: int, complaints: Complaints) -> None:
    """Scores an episode in which nothing moves, to find formulas that cannot work."""
    world = blueprint.world
    order = {name: i for i, name in enumerate(world.variables)}
    rules = Rules(blueprint.targets, blueprint.floors, blueprint.budget, formulas, order)
    try:
        grade(rules, [list(world.initial)] * (blueprint.max_steps + 1), 0.0)
    except FormulaError as error:
        complaints.add(("scoring", error.part), f"at difficulty {level}: {error}")


def _check_texts(
    tree: dict[object, object], blueprint: Blueprint, level: int, roles: frozenset[str], complaints: Complaints
) -> None:
    words = {*blueprint.world.variables, *blueprint.regions, *blueprint.groups}
    for group in blueprint.groups:
        if group in roles:
            complaints.add((), f"the group {group!r} is also a role")
    for key in ("briefing", "constitution"):
        text = tree.get(key)
        for word in names_used(text) if isinstance(text, str) else ():
            if word not in words:
                complaints.add((key,), f"`{{{word}}}` stands for nothing at difficulty {level}", hint=did_you_mean(word, words))
