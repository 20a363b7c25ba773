"""Which stores are MLflow's; what is said without MLflow. With it: `tests/outside`."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from pytest_alienbio.errors import MissingExtraError, SpecError, StoreError
from pytest_alienbio.exchange import Columns, Problems, export, importer
from pytest_alienbio.exchange.mlflow_client import checked_uri, is_mlflow_file, sqlite_path

from .played import cell


def test_a_sqlite_file_or_a_server_is_a_store(tmp_path: Path) -> None:
    for uri in (f"sqlite:///{tmp_path}/x.db", "http://127.0.0.1:5000", "https://ann@example.org/mlflow"):
        assert checked_uri(uri) == uri
    assert sqlite_path("sqlite:////a%20b/x.db?mode=ro") == Path("/a b/x.db")
    assert sqlite_path("sqlite:///x.db") == Path("x.db")


@pytest.mark.parametrize(
    ("uri", "complaint"),
    [
        ("file:///tmp/x", "name a SQLite file"),
        ("mlruns", "name a SQLite file"),
        ("postgresql://x", "name a SQLite file"),
        ("http://", "name a SQLite file"),
        ("sqlite://x.db", "expected sqlite:///FILE"),
        ("sqlite:///:memory:", "expected sqlite:///FILE"),
        ("sqlite:////no/such/folder/x.db", "there is no folder /no/such/folder"),
    ],
)
def test_anything_else_is_refused(uri: str, complaint: str) -> None:
    with pytest.raises(SpecError, match=complaint):
        checked_uri(uri)


@pytest.mark.parametrize("tables", [("runs",), ("runs", "experiments", "latest_metrics", "alembic_version")])
def test_a_database_of_somebody_else_is_left_alone(tmp_path: Path, tables: tuple[str, ...]) -> None:
    """MLflow would make its tables in it, also beside some of the same names."""
    base = sqlite3.connect(tmp_path / "x.db")
    for table in tables:
        base.execute(f"create table {table} (x)")
    base.close()
    before = (tmp_path / "x.db").read_bytes()
    for path, complaint in ((tmp_path / "x.db", "no store of MLflow in it"), (tmp_path / "none.db", "no such file")):
        assert not is_mlflow_file(path)
        problems = Problems()
        assert list(importer("mlflow", "").read(f"sqlite:///{path}", Columns(), problems)) == []
        with pytest.raises(SpecError, match=complaint):
            problems.refuse()
    with pytest.raises(StoreError, match="left alone"):
        export([cell(1)], "mlflow", f"sqlite:///{tmp_path}/x.db")
    assert (tmp_path / "x.db").read_bytes() == before
    assert not (tmp_path / "none.db").exists()


def test_a_password_in_a_uri_is_never_shown(tmp_path: Path) -> None:
    problems = Problems()
    list(importer("mlflow", "").read("ftp://ann:hunter22@example.org/x", Columns(), problems))
    with pytest.raises(SpecError) as caught:
        problems.refuse()
    assert "hunter22" not in str(caught.value)
    assert "example.org" in str(caught.value)


@pytest.mark.parametrize(
    ("package", "write"),
    [
        ("mlflow", lambda path: export([cell(1)], "mlflow", f"sqlite:///{path}/x.db")),
        ("wandb", lambda path: export([cell(1)], "wandb", path / "wb")),
    ],
)
def test_without_the_package_the_extra_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, package: str, write: Callable[[Path], object]
) -> None:
    """And nothing is left behind."""
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(MissingExtraError, match=rf"pip install 'pytest-alienbio\[{package}\]'"):
        write(tmp_path)
    assert list(tmp_path.iterdir()) == []
