"""MLflow, imported when it is needed, silent and without its telemetry; and what a store may be called."""

from __future__ import annotations

import logging
import os
import sqlite3
import warnings
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import unquote, urlsplit

from ..errors import MissingExtraError, SpecError, StoreError
from ..model import inert
from ..store.secrets import hide

INSTALL = "pip install 'pytest-alienbio[mlflow]'"
PAGE = 1000
"""Runs asked for at a time."""

_TABLES = (
    "select version_num from alembic_version limit 0",
    "select experiment_id, name, lifecycle_stage from experiments limit 0",
    "select run_uuid, experiment_id, status from runs limit 0",
    "select run_uuid, key, value, is_nan from latest_metrics limit 0",
)
"""What can be asked of every store of MLflow: others have tables of such names, too."""

T = TypeVar("T")


def client_of(uri: str, *, read_only: bool = False) -> Any:
    """A client of the store at `uri`. Raises `SpecError` for a store of another kind, `MissingExtraError`, `StoreError`.

    A SQLite file that is only read is opened so: MLflow would change the tables that an older MLflow made.
    """
    checked = checked_uri(uri)
    if read_only and (path := sqlite_path(uri)):
        # With its driver named, as MLflow makes the folder of any `sqlite:///`, and took this one to be below `./file:`.
        checked = f"sqlite+pysqlite:///{path.absolute().as_uri()}?mode=ro&uri=true"
    os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
    os.environ["DO_NOT_TRACK"] = "true"
    with told_as_ours(uri):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                import mlflow.store.db.utils  # noqa: F401 - sqlalchemy and alembic, too, or it is of no use
                from mlflow.tracking import MlflowClient
        except ImportError as error:
            raise MissingExtraError(f"MLflow is not installed, or not whole ({error}): {INSTALL}") from None
        for each in ("mlflow", "alembic"):
            logging.getLogger(each).setLevel(logging.ERROR)
        return MlflowClient(tracking_uri=checked)


def checked_uri(uri: str) -> str:
    """`uri`, if it is that of a local SQLite store or of a server. Raises `SpecError`."""
    if uri.startswith("sqlite:"):
        path = sqlite_path(uri)
        if path is None:
            raise SpecError(f"{uri!r}: expected sqlite:///FILE (three slashes, four for a path from the root)")
        if not path.absolute().parent.is_dir():
            raise SpecError(f"{uri}: there is no folder {path.parent}; make it first")
        return uri
    if uri.startswith(("http://", "https://")) and urlsplit(uri).netloc:
        return uri
    raise SpecError(
        f"{inert(hide(uri))!r} is no MLflow store that is supported: name a SQLite file, sqlite:///mlflow.db, or a server, "
        "http://...; MLflow has closed its store of plain files"
    )


def sqlite_path(uri: str) -> Path | None:
    """The file of a `sqlite:///` URI; None for another one, and for one in memory."""
    if not uri.startswith("sqlite:///"):
        return None
    text = unquote(uri.removeprefix("sqlite:///").partition("?")[0])
    return Path(text) if text and text != ":memory:" else None


def is_mlflow_file(path: Path) -> bool:
    """Whether this SQLite file has MLflow's tables. It is opened read-only: MLflow itself would make them in any file."""
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as base:
            for question in _TABLES:
                base.execute(question)
            return True
    except sqlite3.Error:
        return False


@contextmanager
def told_as_ours(uri: str) -> Iterator[None]:
    """What MLflow, SQLAlchemy or the network raise becomes a `StoreError` that names the store."""
    try:
        yield
    except (SpecError, StoreError, MissingExtraError):
        raise
    except Exception as error:
        home = type(error).__module__.partition(".")[0]
        if home in ("mlflow", "sqlalchemy", "alembic", "requests", "urllib3", "sqlite3") or isinstance(error, OSError):
            what = inert(str(error), most=400)
            if "readonly" in what:
                what = "it was written by an older MLflow, and is only read here; `mlflow db upgrade` it, or a copy of it"
            raise StoreError(f"{hide(uri)}: {what}") from error
        raise


def pages(ask: Callable[[str | None], Any]) -> Iterator[Any]:
    """All that a paged search gives."""
    token: str | None = None
    while True:
        found = ask(token)
        yield from found
        token = found.token
        if not token:
            return
