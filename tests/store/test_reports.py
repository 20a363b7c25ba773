"""Reports in their DAT."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_alienbio.errors import StoreError
from pytest_alienbio.store.reports import write_reports


def test_each_is_written_whole_and_again(tmp_path: Path) -> None:
    write_reports(tmp_path, {"report.md": "# é\n", "report.json": "{}\n"})
    write_reports(tmp_path, {"report.md": "# 2\n"})
    assert (tmp_path / "reports/report.md").read_text("utf-8") == "# 2\n"
    assert sorted(path.name for path in (tmp_path / "reports").iterdir()) == ["report.json", "report.md"]


def test_none_makes_no_folder(tmp_path: Path) -> None:
    write_reports(tmp_path, {})
    assert list(tmp_path.iterdir()) == []


def test_what_cannot_be_written_is_said(tmp_path: Path) -> None:
    """A file where the folder should be; a link where the file should be is replaced, never followed."""
    (tmp_path / "reports").write_text("", "utf-8")
    with pytest.raises(StoreError, match="reports"):
        write_reports(tmp_path, {"report.md": ""})
    (tmp_path / "reports").unlink()
    (tmp_path / "reports").mkdir()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text("kept", "utf-8")
    (tmp_path / "reports/report.md").symlink_to(elsewhere)
    write_reports(tmp_path, {"report.md": "new"})
    assert elsewhere.read_text("utf-8") == "kept"
