"""One setting said in every place at once, played by pytest: what is played is what `bio config` announces."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial

import pytest

from pytest_alienbio.cli.main import main

from ..plugin.conftest import Lab

BATTERY = "experiment.x:\n  scenarios: [walks/plain]\n  agents: [right]\n  seeds: 1\n  cells: record\n"
STEPS = "limits: {{per_cell: {{steps: {}}}}}\n"


def test_pytest_plays_what_bio_config_announces(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Seven runs, the strongest place falling silent after each. A step is worth a tenth, so the score tells the limit."""
    lab = Lab(pytester)
    battery, project, user = lab.battery(BATTERY), lab.path / "bio.yaml", lab.path / "home" / "alienbio" / "config.yaml"
    user.parent.mkdir(parents=True)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(lab.path / "home"))
    monkeypatch.setenv("ALIENBIO_STEPS", "2")
    battery.write_text(BATTERY + "  " + STEPS.format(3))
    lab.pytester.makeini("[pytest]\nbio_steps = 4\n")
    project.write_text(STEPS.format(5))
    user.write_text(STEPS.format(6))
    line = ["steps=1"]

    steps: list[tuple[int | None, Callable[[], object]]] = [
        (1, line.clear),
        (2, partial(monkeypatch.delenv, "ALIENBIO_STEPS")),
        (3, partial(battery.write_text, BATTERY)),
        (4, partial((lab.path / "tox.ini").write_text, "[pytest]\n")),
        (5, partial(project.write_text, "")),
        (6, partial(user.write_text, "")),
        (None, line.clear),
    ]
    for wanted, silence in steps:
        run = lab.run("plain", *(word for text in line for word in ("--bio-set", text)), "--bio-data", "data")
        assert run.ret == 0
        (result,) = lab.results().values()
        assert result.score == pytest.approx((wanted or 10) / 10)
        capsys.readouterr()
        assert main(["config", str(battery), "--json", *(word for text in line for word in ("--set", text))]) == 0
        assert json.loads(capsys.readouterr().out)["settings"]["steps"]["value"] == wanted
        silence()
