"""Language models of a plan: refused before the first call, played side by side."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from pytest_alienbio.errors import MissingExtraError, SpecError
from pytest_alienbio.model import FREE, AgentEntry, Plan, Price
from pytest_alienbio.run import models
from pytest_alienbio.run.models import THREADS, check_models, with_engine
from pytest_alienbio.run.prompts import MOST_BYTES, with_prompts

from .parts import make_catalog, make_plan

CATALOG = make_catalog()
LOCAL = AgentEntry("mine", "openai-compatible", {"model": "m", "base_url": "http://127.0.0.1:9/v1"})


def planned(entry: AgentEntry | str, **said: object) -> Plan:
    return make_plan(agents=[entry], **said)


def test_a_model_that_nobody_priced_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where it would play; skipped and replayed ones ask nobody."""
    monkeypatch.setattr(models, "find_spec", lambda name: name)
    with pytest.raises(SpecError, match=r"mine: nobody knows what 'm' costs .*`price: free`"):
        check_models(planned(LOCAL, live=True), CATALOG)
    check_models(planned(LOCAL), CATALOG)
    check_models(planned(LOCAL, live=True), replace(CATALOG, offline=True))
    check_models(planned(LOCAL, live=True), CATALOG, ids=())
    check_models(planned(replace(LOCAL, price=Price(1.0, 2.0)), live=True), CATALOG)


def test_a_client_that_is_not_installed_is_named_with_what_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(models, "find_spec", lambda name: None)
    with pytest.raises(MissingExtraError, match=r"'mine' needs the package openai.*pip install 'pytest-alienbio\[llm\]'"):
        check_models(planned(replace(LOCAL, price=FREE)), CATALOG)
    check_models(planned("gpt-4"), CATALOG)


@pytest.mark.parametrize(
    ("rates", "engine"), [({}, f"threads:{THREADS}"), ({"local": "30"}, "threads:5"), ({"local": "3/1000"}, "threads:1")]
)
def test_cells_that_wait_are_played_side_by_side(rates: dict[str, str], engine: str) -> None:
    """No more than a provider's rate can feed."""
    entry = replace(LOCAL, price=FREE, params={**LOCAL.params, "provider": "local"})
    battery = with_engine(planned(entry), CATALOG, rates).battery
    assert (battery.engine, battery.engine_by_default) == (engine, True)


def test_who_named_an_engine_is_heeded_and_other_agents_wait_for_nothing() -> None:
    assert with_engine(planned(replace(LOCAL, price=FREE), engine="inline"), CATALOG, {}).battery.engine == "inline"
    assert with_engine(planned(LOCAL), CATALOG, {}).battery.engine is None, "its cells are skipped"
    assert with_engine(planned("right"), CATALOG, {}).battery.engine is None


def test_a_prompts_text_is_part_of_what_an_agent_is(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Hello $briefing", "utf-8")
    battery = make_plan(agents=["right"]).battery
    entry = AgentEntry("x", prompt={"system": "a.txt"})
    made, profiles = with_prompts(replace(battery, agents=(entry,)), {"x": entry, "y": entry}, {}, tmp_path)
    assert made.agents[0].params == profiles["x"].params == {"prompt": {"system": "Hello $briefing"}}
    assert profiles["y"] is entry, "nobody plays it"


@pytest.mark.parametrize(
    ("name", "said"),
    [("../x", "outside the project"), ("/etc/passwd", "outside"), ("no.txt", "cannot be read"), (".", "is no file|cannot be"),
     ("big", "larger than"), ("odd", "not UTF-8"), ("link", "outside")],
)  # fmt: skip
def test_a_prompt_that_cannot_be_used(tmp_path: Path, name: str, said: str) -> None:
    root = tmp_path / "root"
    root.mkdir()
    (tmp_path / "x").write_text("x", "utf-8")
    (root / "big").write_bytes(b"x" * (MOST_BYTES + 1))
    (root / "odd").write_bytes(b"\xff")
    (root / "link").symlink_to(tmp_path / "x")
    battery = make_plan(agents=["right"]).battery
    with pytest.raises(SpecError, match=said):
        with_prompts(replace(battery, agents=(AgentEntry("x", prompt={"system": name}),)), {}, {}, root)
