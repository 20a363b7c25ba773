"""Templates, instances and a cache for the tests of scenarios; each is made once a session."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path

import pytest_alienbio.scenarios
from pytest_alienbio.errors import SpecError
from pytest_alienbio.model import Action, Json, Scores
from pytest_alienbio.scenarios.episode import Episode
from pytest_alienbio.scenarios.generate import generate
from pytest_alienbio.scenarios.instance import Instance
from pytest_alienbio.scenarios.template import Template, read_template
from pytest_alienbio.spec.load import read_source
from pytest_alienbio.spec.reader import read

CATALOG = Path(pytest_alienbio.scenarios.__file__).parent / "catalog"
HIDDEN, COMPETITION = "mutualism/hidden_dependency", "mutualism/competition"
BALANCE, REFUGE = "population/balance", "population/refuge"
TAGS = ("!ev", "!_")

SMALL = """\
scenario: tests/small
difficulty: {levels: [1, 3]}
molecules:
  food: {prefix: ME, init: 2, inflow: !ev "uniform(0.2, 0.3)", decay: 0.2}
  spice: {prefix: MX, init: 1, decay: 0.2, when: !ev "d >= 3"}
species:
  focal:
    init: 6
    growth: 0.9
    death: 0.3
    crowding: 0.01
    needs: {food: {half: 1, uptake: 0.05}}
    poisons: {spice: 4}
  other: {init: 3, growth: 0.2, death: 0.19, visible: false}
interface:
  budget: 10
  noise: 0.1
  max_steps: 10
  levers:
    - {action: feed, params: {molecule: food}, effects: [[add, food, 3]], cost: 1, documented: {focal: 0.5}, key: true}
    - {action: cull, params: {species: focal}, effects: [[scale, focal, 0.5]], cost: 1}
goals:
  - {var: focal, kind: up, from: 0.5}
protect: {focal: 0.2}
briefing: Feed {focal}.
constitution: Spare {focal}.
"""
"""A file with a little of everything; generation takes some 50 ms."""


WEB = """\
scenario: tests/web
difficulty: {levels: [1, 3]}
molecules:
  ore: {prefix: ME, init: 4, inflow: 2, decay: 0.05}
  half: {prefix: MX, init: 0.5, decay: 0.05}
  metal: {prefix: MS, decay: 0.02}
  store: {prefix: MS}
  spark: {prefix: MG, init: 1, inflow: 0.2, decay: 0.2}
  rust: {prefix: MW, decay: 0.1, when: !ev "d >= 3"}
species:
  prey: {init: 8, growth: 0.9, death: 0.1, crowding: 0.03, needs: {ore: {half: 1, uptake: 0.02}}}
  hunter:
    init: 2
    growth: 0
    death: 0.2
    eats: {prey: {attack: 0.05, handling: 0.45, gain: 0.4, shelter: cover}}
controls:
  forge: {init: 0.05, rest: 0.02, relax: 0.2}
  cover: {rest: 1, relax: 0.25, prefix: MG, visible: true}
reactions:
  - {in: {ore: 1}, out: {half: 0.9}, vmax: 2.5, km: 1.0, catalyst: forge, inhibitors: {metal: 30, rust: 5}}
  - {in: {half: 1, spark: 0}, out: {metal: 1, rust: 0.1}, vmax: 1.5, km: {half: 1.0, spark: 0.5}}
  - {when: !ev "d >= 3", in: {metal: 1}, out: {rust: 1}, k: 0.02}
flows:
  - {from: metal, to: store, rate: 0.1, kind: drain}
  - {from: ore, to: spark, rate: 0.01, gate: cover}
pulses:
  - {step: !ev "randint(2, 4)", var: prey, add: 1.5}
  - {repeat: !ev "d - 1", each: {step: !ev "5 + i", var: ore, add: 0.5}}
facts:
  - {about: store, promoted_by: [forge, metal]}
  - {about: store, reduced_by: rust, when: !ev "d >= 3"}
  - {about: prey, reduced_by: hunter}
interface:
  budget: 8
  noise: 0.05
  max_steps: 10
  levers:
    - {action: stoke, params: {control: forge}, effects: [[add, forge, 0.7]], cost: 1, documented: {store: 1}, key: true}
    - {action: hide, params: {cover: cover}, effects: [[scale, cover, 0.4]], cost: 1, documented: {hunter: -0.5}}
goals:
  - {var: store, kind: up, from: 0.8, low: 0.5, high: 1.8}
protect: {prey: {floor: 0.5, soft: 0.4}, hunter: 0.3}
briefing: Fill {store}.
"""
"""A file with every block that is no part of `SMALL`, regions apart."""

SPREAD = """\
scenario: tests/spread
difficulty: {levels: [1, 3]}
regions:
  home: {}
  far{i}: {repeat: !ev "by(1, 1, 2, 2, 2)", each: {group: others}}
molecules:
  food: {prefix: ME, init: 2, inflow: 0.6, decay: 0.2, regions: all, at: {home: {init: 4, inflow: 0.1}}}
  fume: {init: 1, decay: 0.1, regions: [home, far2], visible: !ev "d <= 2"}
  salt: {prefix: MS, init: 1}
species:
  focal:
    init: 0
    growth: 0.6
    death: 0.12
    crowding: 0.01
    regions: all
    at: {home: {init: 6}, far2: {poisons: {fume: 1.5}}}
    needs: {food: {half: 1, uptake: 0.1}, salt: {half: 0.1}}
    poisons: {fume: 3}
  beast:
    init: 2
    growth: 0
    death: 0.1
    regions: [far2]
    visible: false
    eats: {focal: {attack: 0.2, handling: 0.3, gain: 0.2}}
flows:
  - {from: fume@home, to: fume@far2, rate: 0.05, when: !ev "d >= 3"}
interface:
  budget: 8
  noise: 0.05
  max_steps: 10
  levers:
    - repeat: !ev "by(1, 1, 2, 2, 2)"
      each:
        action: transfer
        params: {species: focal, to: "far{i}"}
        effects: [[move, focal@home, "focal@far{i}", 0.3]]
        cost: 1.2
        documented: {focal: 0.8}
    - {action: add, params: {molecule: food, region: home}, effects: [[add, food@home, 4]], cost: 1}
    - {action: clean, params: {molecule: fume, region: home}, effects: [[scale, fume@home, 0.5]], cost: 1}
goals:
  - {var: focal, kind: up, from: 0.5, low: 9, high: 16}
protect: {focal: 0.3}
briefing: "{home} is failing {focal}. There are {others}. {focal@home} is what is left."
"""
"""A file with regions: at difficulty 1 home and far1, at 3 far2 as well."""


@lru_cache
def template(name: str) -> Template:
    """A shipped one."""
    return read_template(read_source(CATALOG / f"{name}.yaml", tags=TAGS))


def template_of(text: str) -> Template:
    """One written in a test."""
    return read_template(read(text, "x.yaml", tags=TAGS))


def refusals(text: str) -> list[str]:
    """Every complaint about a text, `line:column: what ...`."""
    try:
        template_of(text)
    except SpecError as error:
        return [str(complaint).removeprefix("x.yaml:") for complaint in error.complaints]
    return []


def changed(old: str, new: str, text: str = SMALL) -> str:
    """`text` with one thing replaced, which must be there."""
    assert text.count(old) == 1, old
    return text.replace(old, new)


@lru_cache
def instance(name: str, difficulty: int, seed: int) -> Instance:
    """Of a shipped scenario."""
    return generate(template(name), difficulty, seed)


@lru_cache
def web(difficulty: int = 3, seed: int = 0) -> Instance:
    """Of `WEB`."""
    return generate(template_of(WEB), difficulty, seed)


@lru_cache
def spread(difficulty: int = 3, seed: int = 0) -> Instance:
    """Of `SPREAD`."""
    return generate(template_of(SPREAD), difficulty, seed)


@lru_cache
def small(difficulty: int = 3, seed: int = 0) -> Instance:
    """Of `SMALL`."""
    return generate(template_of(SMALL), difficulty, seed)


def play(of: Instance, actions: list[Action]) -> Scores:
    """The scores of an episode in which these actions were called."""
    episode = Episode(of)
    for action in actions:
        episode.act(action)
    return episode.scores()


def solution(of: Instance) -> list[Action]:
    """The oracle's plan."""
    actions = []
    for each in Episode(of).solution():
        assert isinstance(each, dict)
        actions.append(Action(each["name"], each["params"]))
    return actions


class Memory:
    """An instance cache in memory that verifies what it keeps and counts what it had made."""

    def __init__(self) -> None:
        self.kept: dict[str, Mapping[str, Json]] = {}
        self.made = 0

    def fetch(
        self, key: str, make: Callable[[], Mapping[str, Json]], verify: Callable[[Mapping[str, Json]], bool], /
    ) -> Mapping[str, Json]:
        """As the port says."""
        if key not in self.kept or not verify(self.kept[key]):
            self.kept[key] = make()
            self.made += 1
        return self.kept[key]
