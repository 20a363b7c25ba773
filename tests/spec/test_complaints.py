"""What is wrong with a battery: every complaint, at its place, in words."""

from __future__ import annotations

import pytest

from pytest_alienbio.errors import SpecError
from pytest_alienbio.model.source import Path
from pytest_alienbio.spec import read
from pytest_alienbio.spec.battery import batteries
from pytest_alienbio.spec.complaints import got, is_secret, label

TEN_MISTAKES = """\
experiment.ten:
  descripton: ten things are wrong here
  scenarios: [mutualism/competition, {name: b, difficulty: some}]
  agents: [oracle, oracle]
  seeds: [0, -1, true]
  output_path: ../{date}
  passing_score: 60
  cells: asert
  gates: [{metric: score, tol: -1}]
  limits: {per_cell: {steps: many}}
  tags:
  select: {type: any, exclude: [a, a]}
  params: {1st: [1], t: [1, 2, 1], u: 5}
  samples: 3
"""

TEN_COMPLAINTS = """\
f.yaml:2:3: unknown key 'descripton'; did you mean 'description'?
f.yaml:3:60: `scenarios[1].difficulty` is 'some'; expected all, a level like 2, or levels like [1, 3]
f.yaml:4:20: the agent 'oracle' is given twice; first given at line 4, column 12; tell them apart with `as: another-name`
f.yaml:5:14: `seeds[1]` is -1; expected at least 0
f.yaml:5:18: `seeds[2]` is true; expected a whole number
f.yaml:6:16: `output_path` cannot be used: '..' leaves the data root; for example results/{battery}/{date}_{seq}
f.yaml:7:18: `passing_score` is 60; expected at most 1
f.yaml:8:10: `cells` is 'asert'; expected assert or record; did you mean 'assert'?
f.yaml:9:32: `gates[0].tol` is -1; expected at least 0
f.yaml:10:30: `limits.per_cell.steps` is 'many'; expected a whole number
f.yaml:11:3: `tags` is empty; give it a value or remove it
f.yaml:12:18: `select.type` is 'any'; expected interactive or task
f.yaml:12:36: glob a is given twice; first given at line 12, column 33
f.yaml:13:12: '1st' cannot name an axis; expected a param's name: letters, digits and '_', no digit first
f.yaml:13:32: the value 1 is given twice; first given at line 13, column 26
f.yaml:13:39: `params.u` is 5; expected a list of values, like [0, 0.5, 1]; \
to give one value, write `params` in the line of the scenario or agent
f.yaml:14:3: `samples` without `mode: sample`; add it, or remove this
"""


REFERENCE = "expected a baseline's file, a run, tag:NAME or agent:NAME"
SEEDS = "10 (for 0 to 9), [3, 5], {start: 100, count: 20} or {min: 3, max: 10, until: decided}"


def complaints(text: str) -> list[str]:
    """Everything wrong with a file, as printed."""
    with pytest.raises(SpecError) as caught:
        batteries(read(text, "f.yaml"))
    return [str(c) for c in caught.value.complaints]


def one(keys: str) -> str:
    """The one thing wrong with a head that has `keys` besides the needed ones, without the file's name."""
    needed = {"scenarios": "[a]", "agents": "[b]", "seeds": "1"}
    rest = "".join(f"  {key}: {value}\n" for key, value in needed.items() if not keys.startswith(key + ":"))
    [found] = complaints(f"experiment.x:\n  {keys}\n{rest}")
    return found.removeprefix("f.yaml:")


def test_ten_mistakes_give_all_complaints_in_order() -> None:
    """One reading shows them all (the seeds hold two)."""
    assert "\n".join(complaints(TEN_MISTAKES)) + "\n" == TEN_COMPLAINTS


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ("scenarios: []", "2:14: `scenarios` is empty; expected at least one"),
        ("scenarios: a", "2:14: `scenarios` is 'a'; expected a list, like [mutualism/competition, \"mutualism/*\"]"),
        (
            "scenarios: [5]",
            "2:15: `scenarios[0]` is 5; expected a name, {set: ...} or {name: ..., difficulty: ..., params: ...}",
        ),
        (
            "scenarios: [[]]",
            "2:15: `scenarios[0]` is a list; expected a name, {set: ...} or {name: ..., difficulty: ..., params: ...}",
        ),
        ("scenarios: ['']", "2:15: this is no name: it is empty"),
        ("scenarios: [' a']", "2:15: this is no name: it starts or ends with a blank"),
        ("scenarios: [{name: 'a::b'}]", "2:22: this is no name: it holds '::', which pytest uses between the parts of an id"),
        ('scenarios: ["a\\nb"]', "2:15: this is no name: it holds a line break or another control character"),
        ("scenarios: [" + "x" * 201 + "]", "2:15: this is no name: it is longer than 200 characters"),
        ("scenarios: [{name: 7}]", "2:22: `scenarios[0].name` is 7; expected text; quote it"),
        ("scenarios: [{name: a, variants: 0}]", "2:35: `scenarios[0].variants` is 0; expected at least 1"),
        ("scenarios: [{name: a, variants: 100}]", "2:35: `scenarios[0].variants` is 100; expected at most 99"),
        ("scenarios: [{name: a, variants: two}]", "2:35: `scenarios[0].variants` is 'two'; expected a whole number"),
        ("scenarios: [{set: a, variants: 2}]", "2:24: `variants` cannot stand beside `set`; give it on the set's own items"),
        (
            "scenarios: [{name: a, seeds: 2}]",
            "2:25: unknown key 'seeds' in `scenarios[0]`; `seeds` stands at the top of the battery",
        ),
        ("scenarios: [{name: a, dificulty: 2}]", "2:25: unknown key 'dificulty' in `scenarios[0]`; did you mean 'difficulty'?"),
        ("scenarios: [{name: a, difficulty: []}]", "2:37: `scenarios[0].difficulty` is empty; expected at least one"),
        ("scenarios: [{name: a, difficulty: [0]}]", "2:38: `scenarios[0].difficulty[0]` is 0; expected at least 1"),
        ("scenarios: [{name: a, difficulty: [1, 1]}]", "2:41: level 1 is given twice; first given at line 2, column 38"),
        (
            "scenarios: [{name: a, difficulty: true}]",
            "2:37: `scenarios[0].difficulty` is true; expected all, a level like 2, or levels like [1, 3]",
        ),
        (
            "scenarios: [{name: a, difficulty: <=3}]",
            "2:37: `scenarios[0].difficulty` is '<=3'; expected all, a level like 2, or levels like [1, 3]",
        ),
        ("scenarios: [{name: a, params: 3}]", "2:33: `scenarios[0].params` is 3; expected a mapping"),
        ("scenarios: [{difficulty: 1}]", "2:15: an item without `name` or `set`"),
        ("scenarios: [{set: a, params: {}}]", "2:24: `params` cannot stand beside `set`; give it on the set's own items"),
        ("scenarios: [{set: a, difficulty: [1, 1]}]", "2:40: level 1 is given twice; first given at line 2, column 37"),
        ("scenarios: [{set: a, name: b}]", "2:24: `name` cannot stand beside `set`; give it on the set's own items"),
        ("agents: []", "2:11: `agents` is empty; expected at least one"),
        ("agents: oracle", "2:11: `agents` is 'oracle'; expected a list, like [oracle, random]"),
        ("agents: [{kind: random}]", "2:12: `name` is missing"),
        ("agents: [{name: a, role: judge}]", "2:28: `agents[0].role` is 'judge'; expected candidate, reference or floor"),
        ("agents: [{name: a, rol: floor}]", "2:22: unknown key 'rol' in `agents[0]`; did you mean 'role'?"),
        ("agents: [{name: a, as: true}]", "2:26: `agents[0].as` is true; expected text; quote it"),
        (
            "agents: [{name: a, api_base: gpt}]",
            "2:22: unknown key 'api_base' in `agents[0]`; say `base_url`",
        ),
        (
            "agents: [a, {name: b, as: a}]",
            "2:29: the agent 'a' is given twice; first given at line 2, column 12; tell them apart with `as: another-name`",
        ),
        (
            "agents: [gpt-4, 'gpt 4']",
            "2:19: the agent 'gpt 4' is given twice (in ids it looks like 'gpt-4'); first given at line 2, column 12; "
            "tell them apart with `as: another-name`",
        ),
        (
            "agents: [{name: a, params: {api_key: SECRET}}]",
            "2:31: a literal `api_key` is refused in a project's files; remove it here and from the file's history; "
            "keep keys in the environment",
        ),
        ("seeds: 0", "2:10: `seeds` is 0; expected at least 1"),
        ("seeds: -3", "2:10: `seeds` is -3; expected at least 1"),
        ("seeds: 100001", "2:10: `seeds` is 100001; expected at most 100000"),
        ("seeds: true", "2:10: `seeds` is true; expected " + SEEDS),
        ("seeds: 3,5", "2:10: `seeds` is '3,5'; expected " + SEEDS),
        ("seeds: 1.5", "2:10: `seeds` is 1.5; expected " + SEEDS),
        ("seeds: []", "2:10: `seeds` is empty; expected at least one"),
        ("seeds: [1, x]", "2:14: `seeds[1]` is 'x'; expected a whole number"),
        ("seeds: [1.5]", "2:11: `seeds[0]` is 1.5; expected a whole number"),
        ("seeds: [4294967296]", "2:11: `seeds[0]` is 4294967296; expected at most 4294967295"),
        ("seeds: [2, 1, 2]", "2:17: seed 2 is given twice; first given at line 2, column 11"),
        ("seeds: {start: 3}", "2:3: `count` is missing"),
        ("seeds: {count: 0}", "2:18: `seeds.count` is 0; expected at least 1"),
        ("seeds: {start: -1, count: 1}", "2:18: `seeds.start` is -1; expected at least 0"),
        ("gates: score", "2:10: `gates` is 'score'; expected a list, like [{metric: score, tol: 0.02}]"),
        ("gates: [[]]", "2:11: `gates[0]` is a list; expected a metric or {metric: ..., against: ..., tol: ..., alpha: ...}"),
        ("gates: []", "2:10: `gates` is empty; expected at least one"),
        ("gates:", "2:3: `gates` is empty; give it a value or remove it"),
        ("gates: [{metric: ''}]", "2:20: this is no name: it is empty"),
        ("gates: [{metrik: score}]", "2:12: unknown key 'metrik' in `gates[0]`; did you mean 'metric'?"),
        ("gates: [{against: ''}]", f"2:21: this names no baseline: it is empty, or starts or ends with a blank; {REFERENCE}"),
        ("gates: [{against: 'tag:'}]", f"2:21: this names no baseline: nothing stands behind `tag:`; {REFERENCE}"),
        ("gates: [{against: 5}]", "2:21: `gates[0].against` is 5; expected text; quote it"),
        ("gates: [{alpha: 0}]", "2:19: `gates[0].alpha` is 0; expected more than 0"),
        ("gates: [{alpha: 2}]", "2:19: `gates[0].alpha` is 2; expected at most 0.5"),
        ("gates: [{alpha: x}]", "2:19: `gates[0].alpha` is 'x'; expected a number"),
        ("gates: [{margin: 0}]", "2:20: `gates[0].margin` is 0; expected more than 0"),
        ("gates: [{max_missing: -1}]", "2:25: `gates[0].max_missing` is -1; expected at least 0"),
        ("gates: [{max_missing: 0.5}]", "2:25: `gates[0].max_missing` is 0.5; expected a whole number"),
        ("gates: [{confirm: 1001}]", "2:21: `gates[0].confirm` is 1001; expected at most 1000"),
        ("gates: [{confirm: true}]", "2:21: `gates[0].confirm` is true; expected a whole number"),
        (
            "gates: [{better: hihger}]",
            "2:20: `gates[0].better` is 'hihger'; expected higher or lower; did you mean 'higher'?",
        ),
        (
            "gates: [{as: a b}]",
            "2:16: this cannot name a gate: it holds a blank or a bracket, or is too long; expected a metric, like score",
        ),
        (
            "gates: [score, {tol: 0.1}]",
            "2:18: two gates are called 'score'; first given at line 2, column 11; tell them apart with `as: another-name`",
        ),
        (
            "gates: [{metric: usd, as: a}, {metric: tokens, as: a}]",
            "2:54: two gates are called 'a'; first given at line 2, column 29; tell them apart with `as: another-name`",
        ),
        ("tol: 0.1", "2:3: unknown key 'tol'; give it in a line of `gates`, like {metric: score, tol: 0.02}"),
        ("baseline: x", "2:3: unknown key 'baseline'; give it in a line of `gates`: {against: ...}"),
        ("strict: true", "2:3: unknown key 'strict'; give it in bio.yaml, or with --bio-strict"),
        ("seeds: {min: 3, max: 10}", "2:3: `until` is missing; expected decided"),
        ("seeds: {min: 3, until: decided}", "2:3: `max` is missing; like {min: 3, max: 10, until: decided}"),
        (
            "seeds: {min: 10, max: 10, until: decided}",
            "2:25: `seeds.min` is 10 and `seeds.max` 10; expected more than `min`; for a fixed number: `seeds: 10`",
        ),
        ("seeds: {min: 0, max: 10, until: decided}", "2:16: `seeds.min` is 0; expected at least 1"),
        ("seeds: {min: 3, max: 10, until: sure}", "2:35: `seeds.until` is 'sure'; expected decided"),
        ("seeds: {min: 3, max: 10, until: decided, count: 3}", "2:44: unknown key 'count' in `seeds`; did you mean 'count'?"),
        (
            "seeds: {looks: [3, 3], until: decided}",
            "2:18: `seeds.looks` does not rise; expected numbers of seeds, like [3, 5, 10]",
        ),
        ("seeds: {looks: [3], until: decided}", "2:18: `seeds.looks` has 1 items; expected at least one"),
        (
            "seeds: {min: 2, looks: [3, 5], until: decided}",
            "2:16: `seeds.min` is 2, and `looks` begins with 3; leave `min` out, or make them alike",
        ),
        (
            "seeds: {max: 6, looks: [3, 5], until: decided}",
            "2:16: `seeds.max` is 6, and `looks` ends with 5; leave `max` out, or make them alike",
        ),
        ("seeds: {count: 3, strat: 5}", "2:21: unknown key 'strat' in `seeds`; did you mean 'start'?"),
        ("seeds:", "2:3: `seeds` is empty; give it a value or remove it"),
        ("description: 5", "2:16: `description` is 5; expected text; quote it"),
        ("description: [a]", "2:16: `description` is a list; expected text"),
        ("output_path: {date}", "2:16: `output_path` is a mapping; expected text; quote text that starts with '{'"),
        (
            "output_path: a/{agent}",
            "2:16: `output_path` cannot be used: {agent} differs from cell to cell, and one folder holds the whole battery; "
            "for example results/{battery}/{date}_{seq}",
        ),
        ("passing_score: true", "2:18: `passing_score` is true; expected a number"),
        ("passing_score: high", "2:18: `passing_score` is 'high'; expected a number"),
        ("passing_score: -0.1", "2:18: `passing_score` is -0.1; expected at least 0"),
        ("cells: [record]", "2:10: `cells` is a list; expected assert or record"),
        ("sanity: 1", "2:11: `sanity` is 1; expected a mapping, like {oracle_min: 1.0, noop_max: 0.3}"),
        ("sanity: {nop_max: 1}", "2:12: unknown key 'nop_max' in `sanity`; did you mean 'noop_max'?"),
        ("sanity: {noop_max: 2}", "2:22: `sanity.noop_max` is 2; expected at most 1"),
        ("limits: {per_cell: {wall_clock_s: 0}}", "2:37: `limits.per_cell.wall_clock_s` is 0; expected more than 0"),
        ("limits: {per_cell: 5}", "2:22: `limits.per_cell` is 5; expected a mapping, like {steps: 50, wall_clock_s: 120}"),
        ("run: {traces: some}", "2:17: `run.traces` is 'some'; expected all, failed or none"),
        ("run: {traces: faild}", "2:17: `run.traces` is 'faild'; expected all, failed or none; did you mean 'failed'?"),
        ("tags: nightly", "2:9: `tags` is 'nightly'; expected a list of words, like [nightly]"),
        ("tags: [a b]", "2:10: 'a b' is not a tag; expected one word of letters, digits, '_', '.' and '-'"),
        ("tags: [a, a]", "2:13: tag a is given twice; first given at line 2, column 10"),
        ("sets: [a]", "2:9: `sets` is a list; expected a mapping of names to lists of scenarios"),
        ("sets: {a: []}", "2:13: `sets.a` is empty; expected at least one"),
        ("sets: {a: b}", "2:13: `sets.a` is 'b'; expected a list of scenarios"),
        ("sets: {params: }", "2:10: `sets.params` is empty; give it a value or remove it"),
        ("sets: {a b: [c]}", "2:10: 'a b' cannot name a set; expected letters, digits, '_', '.' and '-'"),
        ("sets: {a: [{set: a}]}", "2:20: a set contains itself: a -> a"),
        ("sets: {a: [{set: b}], b: [x, {set: a}]}", "2:38: a set contains itself: a -> b -> a"),
        ("select: [a]", '2:11: `select` is a list; expected a mapping, like {tags: [mutualism], difficulty: "<=3"}'),
        ("select: {}", "2:3: `select` is empty; expected tags, type, difficulty, name or exclude"),
        ("select:", "2:3: `select` is empty; give it a value or remove it"),
        ("select: {tag: a}", "2:12: unknown key 'tag' in `select`; did you mean 'tags'?"),
        ("select: {tags: }", "2:12: `select.tags` is empty; give it a value or remove it"),
        ("select: {tags: []}", "2:18: `select.tags` is empty; expected at least one"),
        ("select: {tags: 5}", "2:18: `select.tags` is 5; expected a word or a list of words, like [mutualism]"),
        ("select: {tags: a b}", "2:18: 'a b' is not a tag; expected one word of letters, digits, '_', '.' and '-'"),
        ("select: {tags: [a, 5]}", "2:22: `select.tags[1]` is 5; expected text; quote it"),
        ("select: {tags: [a, a]}", "2:22: tag a is given twice; first given at line 2, column 19"),
        ("select: {type: tasks}", "2:18: `select.type` is 'tasks'; expected interactive or task; did you mean 'task'?"),
        ("select: {difficulty: =3}", "2:24: '=3' cannot be read as difficulties; expected 2, <=3, 2-4 or 1,3,5"),
        (
            "select: {difficulty: all}",
            "2:24: 'all' cannot be read as difficulties; expected 2, <=3, 2-4 or 1,3,5; write >=0 for every level",
        ),
        ("select: {difficulty: 1.5}", '2:24: `select.difficulty` is 1.5; expected levels, like "<=3", 2 or [1, 3]'),
        ("select: {difficulty: -1}", "2:24: `select.difficulty` is -1; expected at least 0"),
        ("select: {difficulty: [1, 1]}", "2:28: level 1 is given twice; first given at line 2, column 25"),
        ("select: {difficulty: {min: 1}}", '2:24: `select.difficulty` is a mapping; expected levels, like "<=3", 2 or [1, 3]'),
        ("select: {name: 5}", '2:18: `select.name` is 5; expected a glob or a list of globs, like ["mutualism/*"]'),
        ("select: {name: ''}", "2:18: this is no name: it is empty"),
        (
            "select: {name: [a, b], exclude: [c, b]}",
            "2:39: `exclude` leaves out 'b', which `name` keeps; remove one of them",
        ),
        ("select: {name: b, exclude: b}", "2:30: `exclude` leaves out 'b', which `name` keeps; remove one of them"),
        ("traces: none", "2:3: unknown key 'traces'; it is spelled `run.traces`: write `run: {traces: ...}`"),
        ("run.traces: none", "2:3: unknown key 'run.traces'; it is spelled `run.traces`: write `run: {traces: ...}`"),
        (
            "limits: {max_usd: 5}",
            "2:12: unknown key 'max_usd' in `limits`; it is spelled `limits.usd`: write `limits: {usd: ...}`",
        ),
        ("limits: {wall_clock_s: 0}", "2:26: `limits.wall_clock_s` is 0; expected more than 0"),
        ("limits: {usd: -1}", "2:17: `limits.usd` is -1; expected at least 0"),
        ("limits: {tokens: 1.5}", "2:20: `limits.tokens` is 1.5; expected a whole number"),
        ("limits: {cells: 0}", "2:19: `limits.cells` is 0; expected at least 1"),
        ("rate: {openai: 5}", "2:3: unknown key 'rate'; give it in bio.yaml, or with --bio-rate"),
        ("data: there", "2:3: unknown key 'data'; give it in bio.yaml, or with --bio-data"),
        ("sets: {a: [{nmae: x, name: y}]}", "2:15: unknown key 'nmae' in `sets.a[0]`; did you mean 'name'?"),
    ],
)
def test_one_mistake(keys: str, expected: str) -> None:
    """Each kind of mistake: its place, what was got, what was expected."""
    assert one(keys) == expected


def test_missing_keys_are_told_at_the_head() -> None:
    """Agents and seeds may come from a configuration file, scenarios may not."""
    assert complaints("\nexperiment.x: {}\n") == [
        'f.yaml:2:1: `scenarios` is missing; expected a list, like [mutualism/competition, "mutualism/*"]; '
        "or choose among all there are with `select`",
    ]


@pytest.mark.parametrize(
    ("value", "said"),
    [("", "empty; give it a value or remove it"), (" 5", "5; expected a mapping with scenarios, agents and seeds")],
)
def test_head_that_is_no_mapping(value: str, said: str) -> None:
    """The head itself is named."""
    [found] = complaints(f"experiment.x:{value}\n")
    assert found.endswith(f": `experiment.x` is {said}")


def test_complaints_of_all_heads_come_together() -> None:
    """A wrong head does not hide the next; a wrong name does not hide what is below it."""
    assert complaints(
        "experiment.a: {scenarios: [s], agents: [b], seeds: 0}\nexperiment.b!: {scenarios: [s], agents: [b], seeds: 0}\n"
    ) == [
        "f.yaml:1:52: `seeds` is 0; expected at least 1",
        "f.yaml:2:1: 'b!' cannot name a battery; "
        "expected letters, digits, '_', '.' and '-', starting with a letter, a digit or '_'",
        "f.yaml:2:53: `seeds` is 0; expected at least 1",
    ]


def test_mistake_in_an_anchor_is_told_once() -> None:
    """However often it is used."""
    text = "experiment.a: {scenarios: &s [5], agents: [b], seeds: 1}\nexperiment.b: {scenarios: *s, agents: [b], seeds: 1}\n"
    assert len(complaints(text)) == 1


@pytest.mark.parametrize(
    ("path", "text"), [((), ""), (("a",), "a"), (("a", 1, "b"), "a[1].b"), (("sets", "x y", 0), "sets.x y[0]")]
)
def test_label(path: Path, text: str) -> None:
    """As one would say it."""
    assert label(path) == text


def test_got_hides_what_it_must() -> None:
    """Texts and numbers only where they may be shown; never a page of them."""
    assert got("sk-1") == "'sk-1'"
    assert got("sk-1", echo=False) == "text"
    assert got(5, echo=False) == "a number"
    assert len(got("x" * 1000)) < 50


@pytest.mark.parametrize(
    "key", ["api_key", "API_KEY", "OPENAI_API_KEY", "api-key", "apikey", "client_secret", "password", "auth_token"]
)
def test_secret_names(key: str) -> None:
    """Names under which people keep keys."""
    assert is_secret(key)


@pytest.mark.parametrize("key", ["max_tokens", "key", "keyboard", "secretary", "tokens", "token_limit"])
def test_harmless_names(key: str) -> None:
    """Names that only look alike."""
    assert not is_secret(key)
