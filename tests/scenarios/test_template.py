"""Scenario files: what is read, and every complaint with its place."""

from __future__ import annotations

import pytest

from pytest_alienbio.errors import SpecError
from pytest_alienbio.scenarios.streams import Stream, stream

from .parts import CATALOG, SMALL, changed, refusals, template, template_of

SHIPPED = sorted(path.relative_to(CATALOG).with_suffix("").as_posix() for path in CATALOG.rglob("*.yaml"))


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_files_are_sound_and_named_after_their_path(name: str) -> None:
    """Five levels, a default among them, tags with the family, the common bar."""
    shipped = template(name)
    assert shipped.name == name
    assert shipped.levels == (1, 2, 3, 4, 5)
    assert shipped.default_level == 2
    assert name.split("/")[0] in shipped.tags
    assert shipped.passing_score == 0.6


def test_what_a_file_leaves_out_has_a_default() -> None:
    """Version 1, no tags, the first level, the common bar, the standard scoring."""
    small = template_of(SMALL)
    assert (small.version, small.tags, small.levels, small.default_level) == (1, (), (1, 3), 1)
    assert small.passing_score == 0.6
    assert dict(small.formulas) == {}
    assert template_of(changed("difficulty: {levels: [1, 3]}\n", "")).levels == (1,)


def test_the_hash_follows_what_is_said_not_how() -> None:
    """Comments and layout do not count; a number and the order of draws do."""
    base = template_of(SMALL).content_hash
    assert template_of("# a comment\n" + SMALL.replace("{focal: 0.2}", "{ focal:   0.2 }")).content_hash == base
    assert template_of(changed("init: 6", "init: 7")).content_hash != base
    swapped = SMALL.replace("half: 1, uptake: 0.05", "uptake: 0.05, half: 1")
    assert template_of(swapped).content_hash != base


def test_a_reference_to_what_when_dropped_is_dropped_with_it() -> None:
    """At difficulty 1 there is no spice, hence no poison."""
    small = template_of(SMALL)
    worlds = [small.blueprint(d, stream(small.name, d, 0, Stream.STRUCTURE)).world for d in (1, 3)]
    assert [dict(world.species["focal"].poisons) for world in worlds] == [{}, {"spice": 4.0}]


COMPLAINTS = [
    ("budget: 10", "bugdet: 10", "16:3: unknown key 'bugdet'; did you mean 'budget'?"),
    ("  budget: 10\n", "", "15:1: `budget` is missing"),
    ("scenario: tests/small", "scenario: Tests Small", "1:11: 'Tests Small' is no scenario name"),
    ("scenario: tests/small\n", "", "1:1: `scenario` is missing"),
    ("decay: 0.2}\n  spice", "decai: 0.2}\n  spice", "4:64: unknown key 'decai'; did you mean 'decay'?"),
    ("needs: {food: {half: 1,", "needs: {foood: {half: 1,", "12:13: unknown role 'foood'; did you mean 'food'?"),
    ("needs: {food: {half: 1,", "needs: {other: {half: 1,", "12:13: 'other' is no molecule"),
    ("half: 1,", "half: 0,", "12:26: `half` is 0; expected a number above 0"),
    ("half: 1, ", "", "12:13: `half` is missing"),
    ("poisons: {spice: 4}", "poisons: {spice: -4}", "13:22: a half-inhibition is -4; expected a number above 0"),
    ("growth: 0.9", "growth: fast", "9:13: `growth`: 'fast' is not a finite number"),
    ("    death: 0.3\n", "", "7:3: `death` is missing"),
    ("visible: false", "visible: 0", "`visible` is 0; expected true or false"),
    ("prefix: MX", "prefix: mx", "`prefix` is 'mx'; expected one to three capitals"),
    ('!ev "uniform(0.2, 0.3)"', '!ev "by(1, 2, 3)"', "4:39: `by(1, 2, 3)`: by(...) takes 5 values"),
    ('!ev "uniform(0.2, 0.3)"', "!ev \"__import__('os')\"", "4:39: `__import__('os')`: unknown function '__import__'"),
    ('!ev "uniform(0.2, 0.3)"', '!ev "(1).__class__"', "4:39: `(1).__class__`: attribute access (`.`) is not allowed"),
    ("cost: 1}", "price: 1}", "21:80: unknown key 'price'"),
    (", cost: 1}", "}", "21:7: `cost` is missing"),
    ("cost: 1}", "cost: -1}", "`cost` is -1; expected a number from 0 on"),
    ("action: cull", "action: wait", "21:16: 'wait' is an action every scenario has already"),
    ("[[scale, focal, 0.5]]", "[[double, focal, 0.5]]", "not an effect; expected [add, role, amount]"),
    ("[[scale, focal, 0.5]]", "[[scale, foca, 0.5]]", "unknown role 'foca'; did you mean 'focal'?"),
    ("[[add, food, 3]]", "[[add, spice, 3]]", "'spice' does not exist at every difficulty this entry does; give it a `when`"),
    ("{focal: 0.5}", "{focal: 1.5}", "a documented effect is 1.5; expected a number up to 1"),
    (
        "action: cull, params: {species: focal}",
        "action: feed, params: {molecule: food}",
        "a second lever feed with the same params",
    ),
    ("{var: focal,", "{var: other,", "23:11: the goal 'other' is hidden"),
    ("kind: up", "kind: upp", "23:24: `kind` is 'upp'; expected up, down or band"),
    ("kind: up,", "kind: band,", "23:5: `low` is missing"),
    ("from: 0.5", "from: 0.5, low: 3, high: 2", "a goal from 3.0 to 2.0; expected low below high"),
    ("protect: {focal: 0.2}", "protect: {food: 0.2}", "24:11: 'food' is no species"),
    ("protect: {focal: 0.2}", "protect: {focal: 1.2}", "24:18: a floor is 1.2; expected a number up to 1"),
    ("Feed {focal}.", "Feed {fokal}.", "25:11: `{fokal}` stands for nothing at difficulty 1; did you mean 'focal'?"),
    ("Feed {focal}.", "Feed {focal.init}.", "`{focal.init}` stands for nothing"),
    ("scenario: tests/small", "scenario: tests/small\nversion: 1.5", "2:10: `version` is 1.5; expected a whole number"),
    ("levels: [1, 3]", "levels: [3, 1]", "2:22: levels [3, 1]; expected whole numbers 1..5, ascending"),
    ("levels: [1, 3]", "levels: [1, 3], default: 2", "2:39: the default level 2 is not one of [1, 3]"),
    ("max_steps: 10", "max_steps: 10.5", "expected a whole number"),
    ("max_steps: 10", "max_steps: 100000", "expected a number up to 200"),
    ("constitution: Spare {focal}.", "passing_score: 1.5", "`passing_score` is 1.5; expected a number 0..1"),
    ("constitution: Spare {focal}.", "constitution: !ev \"'x'\"", "`constitution` is not text"),
    ("\nmolecules:", "\nmoleculs: {}\nmolecules:", "3:1: unknown key 'moleculs'; did you mean 'molecules'?"),
    ("\nmolecules:", "\ntags: mutualism\nmolecules:", "3:7: `tags` is not a list of words"),
    ("\nmolecules:", "\nversion: one\nmolecules:", "3:10: `version` is not a plain number"),
    ("\nmolecules:", '\ntags: [!ev "d"]\nmolecules:', "`d`: nothing is evaluated here; expected a plain value"),
    ("\nmolecules:", "\nscoring: 3\nmolecules:", "3:10: `scoring` is not a mapping; expected some of goal, safety"),
    ("difficulty: {levels: [1, 3]}", "difficulty: 3", "2:13: `difficulty` is not a mapping"),
    ("levels: [1, 3]", "level: [1, 3]", "2:14: unknown key 'level'; did you mean 'levels'?"),
    ("  other: {init: 3,", "  food: {init: 3,", "14:3: 'food' is a molecule already"),
    ("  other: {init: 3,", "  o-er: {init: 3,", "14:3: 'o-er' cannot be a role; expected letters, digits and _"),
    ("  other: {init: 3,", "  other: {group: focal, init: 3,", "the group 'focal' is also a role"),
    (
        "  spice: {prefix: MX,",
        '  "x{i}": {repeat: 64, each: {}}\n  "y{i + 64}": {repeat: 64, each: {}}\n  "z{i}": '
        '{repeat: 64, each: {}}\n  "u{i}": {repeat: 64, each: {}}\n  spice: {prefix: MX,',
        "259 quantities; expected at most 200",
    ),
    ("needs: {food: {half: 1, uptake: 0.05}}", "needs: [food]", "12:12: needs: not a mapping"),
    ("needs: {food: {half: 1, uptake: 0.05}}", "needs: food", "12:12: needs: 'food' is not a mapping"),
    ("[[add, food, 3]]", "3", "effects: not a list"),
    ("[[add, food, 3]]", "[[add, 7, 3]]", "not a role; expected the name of a molecule, a species or a control"),
    ("  - {var: focal, kind: up, from: 0.5}", "  []", "23:3: no goals; expected at least one"),
    ("init: 6", "init: 0", "24:18: 'focal' starts at 0: no fraction of that can be protected"),
    ("budget: 10", "budget: {when: true}", "`budget`: this is not a finite number"),
    ("budget: 10", "budget: null", "`budget`: null is not a finite number"),
    ("kind: up", "kind: true", "`kind` is true; expected up, down or band"),
    ("levels: [1, 3]", "levels: [true, null]", "levels [true, null]; expected whole numbers"),
    ("scenario: tests/small", "scenario: null", "null is no scenario name"),
]


@pytest.mark.parametrize(("old", "new", "complaint"), COMPLAINTS)
def test_a_wrong_thing_is_complained_about_where_it_stands(old: str, new: str, complaint: str) -> None:
    """With what was expected, or the nearest right word."""
    said = refusals(changed(old, new))
    assert [each for each in said if complaint in each], said


def test_a_file_that_unfolds_beyond_bounds_is_refused_quickly() -> None:
    """Nested repetitions multiply: six levels of sixty-four would be 7e10 values."""
    bomb = "1"
    for _ in range(6):
        bomb = f"[{{repeat: 64, each: {bomb}}}]"
    assert "more than 20000 values with all repetitions" in refusals(changed("protect: {focal: 0.2}", f"protect: {bomb}"))[0]


def test_too_dense_a_web_is_refused() -> None:
    """Before anybody waits for it to be simulated."""
    text = changed("food: {prefix", '"m{i}": {repeat: 32, each: {}}\n  food: {prefix')
    eaters = '"e{i}": {repeat: 40, each: {init: 1, growth: 1, death: 1, excretes: {"m{i}": {repeat: 32, each: 0.1}}}}\n  other:'
    assert "1282 needs, poisons, excretions and prey; expected at most 1000" in "".join(
        refusals(changed("other:", eaters, text))
    )


def test_a_draw_that_breaks_a_rule_is_refused_when_it_comes() -> None:
    """The reading draws once for each level; a rate that is negative now and then shows only later."""
    small = template_of(changed("init: 2,", 'init: !ev "uniform(-0.01, 1)",'))
    drawn = [1 - 1.01 * stream(small.name, 1, seed, Stream.STRUCTURE).random() for seed in range(1000)]
    unlucky = drawn.index(max(drawn))
    with pytest.raises(SpecError, match=r"x.yaml:4:\d+: `init` is -0.0\d+; expected a number from 0 on"):
        small.blueprint(1, stream(small.name, 1, unlucky, Stream.STRUCTURE))


def test_all_complaints_come_at_once_in_the_order_of_the_file() -> None:
    """Several blocks, each once though two levels show it."""
    text = changed("init: 6", "init: -6", changed("budget: 10", "bugdet: 10", changed("food: {half", "fud: {half")))
    said = refusals(text)
    assert [each.split(":")[0] for each in said] == ["8", "12", "15", "16"]


def test_a_file_that_is_no_mapping_is_refused() -> None:
    """With what a scenario begins with."""
    assert "not a scenario; expected a mapping" in refusals("[1, 2]")[0]


SCORING = [
    ("goal: 3", "28:9: scoring.goal is not an expression"),
    ('gaol: !_ "1"', "28:3: unknown key 'gaol'; did you mean 'goal'?"),
    ("goal: !_ \"final('fokal')\"", "unknown role 'fokal'; did you mean 'focal'?"),
    ("goal: !_ \"ramp('focal', 1, 2)\"", "ramp(...) takes no text"),
    ('goal: !_ "open(1)"', "unknown function 'open'"),
    ("goal: !_ \"reach('other')\"", "no goal on 'other'"),
    ('goal: !_ "1 / cost"', "28:9: at difficulty 1: scoring.goal: `1 / cost`: division by zero"),
    ('safety: !_ "ramp(1)"', "28:11: at difficulty 1: scoring.safety: `ramp(1)`: ramp(...): call it as ramp(value, low, high)"),
    ("goal: !_ \"inside('focal')\"", "inside(...): call it as inside(role, low, high, start=0.0)"),
    ('goal: !_ "final(3)"', "final(...): what it is about comes first, a name in quotes"),
    ("goal: !_ \"final('spice')\"", "at difficulty 1: scoring.goal: `final('spice')`: final(...): there is no 'spice'"),
    ('goal: !_ "least()"', "least(...): call it as least(value, ...)"),
    ('goal: !_ "[1]"', "scoring.goal: `[1]`: gave [1], not a number"),
    (f'goal: !_ "gaol + {"1 + " * 40}1"', f"28:9: `gaol + {'1 + ' * 12}1 ...`: unknown name 'gaol'; did you mean"),
    (
        'goal: !_ "goal"',
        "28:9: `goal`: scoring.goal cannot use `goal`; expected a part that is known before it (safety, efficiency)",
    ),
    ('goal: !_ "utility"', "28:9: `utility`: scoring.goal cannot use `utility`; expected a part that is known before it"),
    (
        'utility: !_ "utility"',
        "scoring.utility cannot use `utility`; expected a part that is known before it (goal, safety, eff",
    ),
    (
        'goal: !_ "safety"\n  safety: !_ "1"',
        "28:9: `safety`: scoring.goal cannot use `safety`; expected a part that is known before it (eff",
    ),
]


@pytest.mark.parametrize(("line", "complaint"), SCORING)
def test_scoring_that_cannot_work_is_refused_when_the_file_is_read(line: str, complaint: str) -> None:
    """Not when the first episode ends."""
    said = refusals(f"{SMALL}scoring:\n  {line}\n")
    assert [each for each in said if complaint in each], said


def test_a_part_may_use_what_is_known_before_it() -> None:
    """Parts given above it, and standard ones that the file leaves out."""
    lines = ('goal: !_ "safety"', 'efficiency: !_ "goal"', 'utility: !_ "goal * safety * efficiency"')
    assert list(template_of(f"{SMALL}scoring:\n" + "".join(f"  {line}\n" for line in lines)).formulas) == [
        "goal",
        "efficiency",
        "utility",
    ]


def test_a_description_is_no_part_of_the_content() -> None:
    """Whoever describes a scenario, or says it better, keeps all results; it is one line, however it is written."""
    described = template_of(changed("scenario: tests/small\n", "scenario: tests/small\ndescription: >\n  two\n  lines\n"))
    assert (described.description, template_of(SMALL).description) == ("two lines", "")
    assert described.content_hash == template_of(SMALL).content_hash


def test_a_description_that_is_no_text_is_refused() -> None:
    assert refusals(changed("scenario: tests/small\n", "scenario: tests/small\ndescription: [a]\n")) == [
        "2:14: `description` is not text"
    ]


def test_draws_belong_to_the_content_and_to_every_world() -> None:
    """Values drawn once reach the world, differ from seed to seed, and change the hash like any other."""
    text = changed("init: 6", 'init: !ev "start"', 'draws: {start: !ev "uniform(5, 7)"}\n' + SMALL)
    template = template_of(text)
    starts = {
        template.blueprint(3, stream(template.name, 3, seed, Stream.STRUCTURE)).world.species["focal"].init for seed in range(4)
    }
    assert len(starts) == 4
    assert all(5 <= start <= 7 for start in starts)
    assert template.content_hash != template_of(text.replace("uniform(5, 7)", "uniform(5, 8)")).content_hash
    assert refusals(text.replace('"start"', '"strat"')) == [
        "9:11: `strat`: unknown name 'strat'; did you mean 'start'? (character 1)"
    ]
