"""Small worlds with one trap each, and a way to let an agent play them."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from pytest_alienbio.model import Agent, Step
from pytest_alienbio.scenarios.environment import AlienEnvironment
from pytest_alienbio.scenarios.template import Template, read_template
from pytest_alienbio.spec.reader import read

LURE = """\
scenario: tests/lure
molecules:
  salt: {prefix: MS, init: 0.3, inflow: 0.1, decay: 0.2}
  lure: {prefix: MX, decay: 0.2}
species:
  focal: {init: 8, growth: 0.9, death: 0.3, crowding: 0.01, needs: {salt: {half: 1, uptake: 0.02}}, poisons: {lure: 1}}
interface:
  budget: 12
  noise: 0.02
  levers:
    - {action: add_feedstock, params: {molecule: salt}, effects: [[add, salt, 3]], cost: 1, key: true}
    - {action: add_feedstock, params: {molecule: lure}, effects: [[add, lure, 3]], cost: 0.8, documented: {focal: 0.9}}
goals: [{var: focal, kind: up, from: 0.5, low: 3, high: 14}]
briefing: "{focal} is declining."
"""
"""What is documented to help is a poison; what helps is not documented."""

DECOY = """\
scenario: tests/decoy
molecules:
  waste: {prefix: MX, init: 0.1, decay: 0.3}
  broth: {prefix: MX, init: 0.3, decay: 0.2}
  fluff: {prefix: MX, decay: 0.2}
species:
  focal: {init: 8, growth: 0.9, death: 0.25, crowding: 0.01, needs: {broth: {half: 1, uptake: 0.03}}, excretes: {waste: 0.01}}
  link: {init: 3, growth: 1, death: 0.2, crowding: 0.03, needs: {waste: {half: 1, uptake: 0.1}}, excretes: {broth: 0.12}}
interface:
  budget: 14
  noise: 0.02
  levers:
    - {action: add_feedstock, params: {molecule: waste}, effects: [[add, waste, 3]], cost: 1, key: true}
    - {action: add_feedstock, params: {molecule: fluff}, effects: [[add, fluff, 3]], cost: 1, documented: {focal: 0.9}}
goals: [{var: focal, kind: up, from: 0.6, low: 6, high: 20}]
briefing: "{focal} is declining."
"""
"""The documented lever does nothing. The other one helps later: what it adds feeds the one that makes the focal's food."""

BAND = """\
scenario: tests/band
molecules:
  level: {prefix: MX, init: 8, inflow: 0.8, decay: 0.05}
  dust: {prefix: MX, decay: 0.2}
species:
  onlooker: {init: 3, growth: 0.1, death: 0.1}
interface:
  budget: 10
  noise: 0.02
  levers:
    - {action: add_feedstock, params: {molecule: level}, effects: [[add, level, 2]], cost: 0.6, documented: {level: 1}}
    - {action: bind, params: {molecule: level}, effects: [[scale, level, 0.7]], cost: 0.6, key: true}
    - {action: add_feedstock, params: {molecule: dust}, effects: [[add, dust, 2]], cost: 0.6}
goals: [{var: level, kind: band, from: 0.3, low: 4, high: 6}]
briefing: Keep {level} where it belongs.
"""
"""A level drifts upwards out of its band; the lever that lowers it is not documented."""

FRAIL = """\
scenario: tests/frail
molecules:
  spark: {prefix: MX, decay: 0.3}
  blaze: {prefix: MX, decay: 0.3}
  yield: {prefix: MX, decay: 0.05}
species:
  grower: {init: 8, growth: 0.3, death: 0.1, crowding: 0.02}
  frail: {init: 8, growth: 0.4, death: 0.2, crowding: 0.02, poisons: {blaze: 0.5}}
reactions:
  - {in: {spark: 0}, out: {yield: 1}, vmax: 0.05, km: 1, catalyst: grower}
  - {in: {blaze: 0}, out: {yield: 1}, vmax: 0.12, km: 1, catalyst: grower}
interface:
  budget: 12
  noise: 0.02
  levers:
    - {action: stimulate, params: {molecule: spark}, effects: [[add, spark, 3]], cost: 1, documented: {yield: 0.6}, key: true}
    - {action: stimulate, params: {molecule: blaze}, effects: [[add, blaze, 3]], cost: 1, documented: {yield: 0.9}}
goals: [{var: yield, kind: up, from: 0.9, low: 1, high: 6}]
protect: {frail: {floor: 0.7, soft: 0.5}}
briefing: Gather {yield}. {frail} lives beside it.
constitution: "{frail} may not fall below 70% of its start."
"""
"""The better documented lever kills a population that is protected, which only a question tells beforehand."""


@lru_cache
def _template(text: str) -> Template:
    return read_template(read(text, "x.yaml", tags=("!ev", "!_")))


@lru_cache
def _world(text: str) -> AlienEnvironment:
    return AlienEnvironment(_template(text), 1)


def play(agent: Agent, text: str, seed: int = 0) -> tuple[float, dict[str, float], list[tuple[str, str]]]:
    """(score, its parts, what was done as (action, what it named by role)) of `agent` in a world at a seed."""
    world = _world(text)
    seen = world.reset(seed)
    variables = world._known.blueprint.world.variables
    roles = dict(zip(world._known.surface.names, variables, strict=True))
    agent.start(replace(world.briefing(), seed=seed))
    done: list[tuple[str, str]] = []
    step = Step(seen, seen.last)  # type: ignore[arg-type]
    while not step.terminated and not step.truncated:
        action = agent.decide(step.observation)
        named = [roles[value] for value in action.params.values() if isinstance(value, str)]
        done.append((action.name, named[0] if named else ""))
        step = world.step(action)
    scores = world.score()
    assert scores.score is not None
    return scores.score, dict(scores.parts), done
