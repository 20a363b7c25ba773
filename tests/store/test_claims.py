"""Whether a data root can be used, asked without using it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pytest_alienbio.errors import SpecError, StoreError
from pytest_alienbio.store import check_root

from .samples import TEMPLATE, a_dat


@pytest.mark.parametrize("place", ["", "data", "data/far/below"])
def test_a_folder_that_is_there_or_can_be_made_will_do(tmp_path: Path, place: str) -> None:
    check_root(tmp_path / place, TEMPLATE)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("place", ["taken", "taken/below", "dangling"])
def test_what_claiming_would_refuse_is_refused(tmp_path: Path, place: str) -> None:
    """A file, a place below one, a link to nowhere: each named, with the option that moves it."""
    (tmp_path / "taken").write_text("a file")
    (tmp_path / "dangling").symlink_to(tmp_path / "nowhere")
    with pytest.raises(StoreError, match=r"cannot use .*--bio-data"):
        check_root(tmp_path / place, TEMPLATE)
    with pytest.raises(StoreError):
        a_dat(tmp_path / place)


def test_a_folder_that_cannot_be_written_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    with pytest.raises(StoreError, match="cannot be written"):
        check_root(tmp_path, TEMPLATE)


@pytest.mark.parametrize("template", ["../{seq}", "/etc/{seq}", "{nobody}", ""])
def test_a_template_that_leads_nowhere_is_refused(tmp_path: Path, template: str) -> None:
    with pytest.raises(SpecError, match="output_path"):
        check_root(tmp_path, template)
