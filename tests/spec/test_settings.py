"""The table of settings, and their texts."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pytest_alienbio.errors import SpecError
from pytest_alienbio.model import Battery, Json
from pytest_alienbio.spec import SELECTING, SETTINGS, parse_setting, read
from pytest_alienbio.spec.project import project_config

PLAIN = (
    *("cells", "passing_score", "traces", "trace_files", "steps", "timeout", "cell_usd", "cell_tokens", "memory_mb"),
    *("max_usd", "max_tokens", "max_cells", "max_time"),
)
"""Settings whose text is what stands in a YAML file, too."""
QUOTED = ("data", "out")
"""The same in quotes."""

words = st.sampled_from([word for name in PLAIN for word in SETTINGS[name].choices])
numbers = st.integers(-3, 2_000_000).map(str) | st.floats(-1, 3e6).map(repr)
odd = st.sampled_from(
    [
        "",
        "~",
        "null",
        "true",
        "no",
        ".5",
        "1.",
        "1e-3",
        "1e999",
        ".inf",
        ".nan",
        "nan",
        "0x10",
        "0o7",
        "1_000",
        "010",
        "+2",
        "-0",
    ]
)
texts = words | numbers | odd | st.from_regex(r"[a-z0-9.+-]{1,6}", fullmatch=True)


def in_yaml(name: str, written: str) -> Json:
    """The value a `bio.yaml` gives a setting. Raises `SpecError`."""
    *sections, last = SETTINGS[name].key.split(".")
    text = f"{last}: {written}"
    for section in reversed(sections):
        text = f"{section}: {{{text}}}"
    return project_config(read(text)).settings[SETTINGS[name].key][0]


def refused(name: str, text: str) -> str:
    """What is said about a text."""
    with pytest.raises(SpecError) as caught:
        parse_setting(name, text)
    return str(caught.value)


@settings(deadline=None)
@example("steps", "1000000")
@example("steps", "1000001")
@example("timeout", "2592000")
@example("timeout", "2592000.1")
@example("passing_score", "1")
@given(st.sampled_from(PLAIN), texts)
def test_a_text_means_what_it_means_in_yaml(name: str, text: str) -> None:
    """Where one is refused so is the other, and else the values are equal."""
    try:
        value = in_yaml(name, text)
    except SpecError:
        assert refused(name, text)
    else:
        assert parse_setting(name, text) == value


@settings(deadline=None)
@given(st.sampled_from(QUOTED), st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=12))
def test_a_folder_or_template_means_what_it_means_in_yaml(name: str, text: str) -> None:
    """The same, quoted."""
    try:
        value = in_yaml(name, json.dumps(text))
    except SpecError:
        assert refused(name, text)
    else:
        assert parse_setting(name, text) == value


@pytest.mark.parametrize(
    ("name", "text", "written"),
    [
        ("seeds", "10", "10"),
        ("seeds", "3,5", "[3, 5]"),
        ("seeds", "100-119", "{start: 100, count: 20}"),
        ("default_agents", "oracle, random", "[oracle, random]"),
        ("report", "terminal, markdown", "[terminal, markdown]"),
        ("report", "json", "json"),
        ("rate", "openai=500/2000, anthropic = 50", "{openai: 500/2000, anthropic: 50}"),
    ],
)
def test_lists_have_a_text_form_too(name: str, text: str, written: str) -> None:
    """Not the same text, but the same value."""
    assert parse_setting(name, text) == in_yaml(name, written)


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("traces", "al", "'al' is no value for `traces`; expected all, failed or none; did you mean 'all'?"),
        ("run.traces", "", "`traces` is empty; expected all, failed or none"),
        ("cells", "Record", "'Record' is no value for `cells`; expected assert or record; did you mean 'record'?"),
        ("report", "terminal,htm", "'htm' is no report; did you mean 'html'?"),
        ("report", "markdwon", "'markdwon' is no report; did you mean 'markdown'?"),
        ("report", "json,json", "a report is named twice"),
        ("steps", "0", "'0' is no value for `steps`; expected a whole number from 1 to 1,000,000"),
        ("timeout", "soon", "'soon' is no value for `timeout`; expected seconds, more than 0 and at most 2,592,000"),
        ("passing_score", "60%", "'60%' is no value for `passing_score`; expected a number from 0 to 1"),
        ("seeds", "few", "'few' cannot be read as seeds; expected 10 (for 0 to 9), 3,5 or 100-119"),
        ("default_agents", "a,,b", "'a,,b' is no value for `default_agents`; expected names, like oracle,random; "),
        ("default_agents", "a,b,a", "a name is given twice"),
        ("out", "../x", "'../x' is no value for `out`; expected a template, like results/{battery}/{date}_{seq}; '..' leaves"),
        ("data", " ", "' ' is no value for `data`; expected a folder"),
        ("data", "a\0b", "'a\\x00b' is no value for `data`; expected a folder"),
        ("tracez", "all", "unknown setting 'tracez'; did you mean 'traces'?"),
        ("run.trace", "all", "unknown setting 'run.trace'; did you mean 'run.traces'?"),
        ("tag", "x", "`tag` selects cells and is no setting; ask for it with --bio-tag"),
        ("colour", "x", "unknown setting 'colour'; known: aggregate, alpha, baseline, cell_tokens, cell_usd, cells, "),
        ("rate", "openai", "'openai' is no value for `rate`; expected PROVIDER=REQUESTS or PROVIDER=REQUESTS/TOKENS a minute"),
        ("rate", "a=0", "'0' is no rate"),
        ("rate", "a=5/", "'5/' is no rate"),
        ("rate", "a b=5", "'a b' is no provider's name"),
        ("rate", "a=5,a=6", "a is given twice"),
        ("max_usd", "-1", "'-1' is no value for `max_usd`; expected dollars, from 0 to 1,000,000,000"),
        ("max_cells", "0", "expected a whole number from 1 to 1,000,000,000,000"),
        ("max_time", "1h", "'1h' is no value for `max_time`; expected seconds, more than 0"),
    ],
)
def test_what_is_wrong_is_said_with_what_was_expected(name: str, text: str, said: str) -> None:
    """And the nearest name, where there is one."""
    assert said in refused(name, text)


@given(st.sampled_from(sorted(SETTINGS)), st.text(max_size=20))
def test_any_text_is_a_value_or_a_spec_error(name: str, text: str) -> None:
    """Never another exception, and nothing that is no JSON."""
    try:
        value = parse_setting(name, text)
    except SpecError:
        return
    assert json.loads(json.dumps(value)) == value


def test_names_and_keys_are_unambiguous() -> None:
    """A name never is another setting's key, and nothing that selects is a setting."""
    keys = {setting.key for setting in SETTINGS.values()}
    assert len(keys) == len(SETTINGS)
    assert all(name == SETTINGS[name].key for name in keys & SETTINGS.keys())
    assert not set(SELECTING) & (keys | SETTINGS.keys())


def test_built_in_values_are_the_formats_defaults() -> None:
    """The table and `model.Battery` say the same."""
    plain = Battery("x", (), (), ())
    found = {
        "out": plain.output_path,
        "cells": plain.cells,
        "passing_score": plain.passing_score,
        "traces": plain.traces,
        "trace_files": plain.trace_files,
        "steps": plain.limits.steps,
        "timeout": plain.limits.wall_clock_s,
        "cell_usd": plain.limits.usd,
        "cell_tokens": plain.limits.tokens,
        "memory_mb": plain.limits.memory_mb,
        "max_usd": plain.caps.usd,
        "max_tokens": plain.caps.tokens,
        "max_cells": plain.caps.cells,
        "max_time": plain.caps.wall_clock_s,
    }
    assert {name: SETTINGS[name].default for name in found} == found


def test_the_documentation_has_the_whole_table() -> None:
    """Each setting with its name and its key, in order, and nothing else."""
    page = (Path(__file__).parents[2] / "docs" / "configuration.md").read_text("utf-8")
    rows = re.findall(r"^\| `(\w+)` \| `([\w.]+)` \|", page, re.MULTILINE)
    assert rows == [(setting.name, setting.key) for setting in SETTINGS.values()]
