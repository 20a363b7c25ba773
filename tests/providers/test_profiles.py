"""A profile in a file, played and tested over a real wire by the provider's own client."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pytest_alienbio.cli.main import main

from .fake import Fake


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "home"))
    for name in ("OPENAI_API_KEY", "ANTHROPIC_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def test_an_agent_is_added_and_played(project: Path, fake: Callable[..., Fake], capsys: pytest.CaptureFixture[str]) -> None:
    """From nothing to a score: free, on one's own machine, without a key."""
    url = fake().openai
    assert main(["agent", "add", "local", "--kind", "vllm", "--model", "m", "--base-url", url]) == 0
    assert main(["run", "mutualism/competition", "--agent", "local"]) == 0
    assert "completed" in capsys.readouterr().out


def test_one_that_costs_money_is_skipped_unless_it_may(
    project: Path, fake: Callable[..., Fake], capsys: pytest.CaptureFixture[str]
) -> None:
    url = fake().openai
    options = ["--kind", "openai", "--model", "m", "--base-url", url, "--price", "{input: 1, output: 2}"]
    assert main(["agent", "add", "dear", *options]) == 0
    assert main(["run", "mutualism/competition", "--agent", "dear"]) == 1
    assert "add --bio-live (bio: --live)" in capsys.readouterr().out
    assert main(["run", "mutualism/competition", "--agent", "dear", "--live"]) == 0


def test_a_model_is_tried_by_one_call(
    project: Path, fake: Callable[..., Fake], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its price first; then all that the call showed, with what to do: here a model that cannot act, and counts nothing."""
    here = fake(answers=[{"text": "I cannot."}], no_usage=True)
    monkeypatch.setenv("ALIENBIO_OPENAI_API_KEY", here.key)
    options = ["--kind", "openai", "--model", "m", "--base-url", here.openai, "--price", "{input: 1, output: 2}"]
    assert main(["agent", "add", "mute", *options]) == 0
    assert main(["agent", "test", "mute"]) == 1
    lines = [line.split(maxsplit=1) for line in capsys.readouterr().out.splitlines() if line[:1].strip()]
    assert [line[0] for line in lines][-6:] == ["model", "key", "cost", "failed", "note", "answer"]
