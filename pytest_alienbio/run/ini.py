"""The ini values pytest would see, for the faces that run without pytest."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from ..errors import Complaint, SpecError

Table = Mapping[str, object]
"""What one file says about pytest."""


def read_ini(start: Path) -> tuple[dict[str, str], Path | None]:
    """The `bio_*` keys of the file that configures pytest when it is started in `start`, and that file; ({}, None) without one.

    Lists (TOML) become comma lists. Raises `SpecError` for a file that cannot be read, as pytest would refuse it too.
    """
    _, file, table = located(start)
    return bio_keys(table), file


def bio_keys(table: Table) -> dict[str, str]:
    """The `bio_*` keys of a table with their values as text; also for values pytest has already read."""
    return {key: _text(value) for key, value in table.items() if key.startswith("bio_")}


def rootdir(start: Path) -> Path:
    """The folder pytest takes as its rootdir when it is started in `start` without arguments."""
    return located(start)[0] or start


def located(start: Path) -> tuple[Path | None, Path | None, Table]:
    """Pytest's rootdir, ini file and ini table for `start`; nothing marks a rootdir: None, and pytest takes `start`.

    As pytest looks for them: upward, in each folder the first of `_READERS` that configures pytest; without any the
    nearest `pyproject.toml`, then the nearest `setup.py`.
    """
    above = (start, *start.parents)
    pyproject: Path | None = None
    for folder in above:
        for name, read in _READERS.items():
            path = folder / name
            if not path.is_file():
                continue
            if name == "pyproject.toml":
                pyproject = pyproject or path
            table = read(path)
            if table is not None:
                return folder, path, table
    if pyproject:
        return pyproject.parent, pyproject, {}
    return next((folder for folder in above if (folder / "setup.py").is_file()), None), None, {}


def _text(value: object) -> str:
    if isinstance(value, list | tuple):
        return ",".join(map(_text, value))
    return ("true" if value else "false") if isinstance(value, bool) else str(value)


def _ini(path: Path, section: str) -> Table | None:
    import iniconfig  # pytest's own parser: what it reads differently from others, we do too

    try:
        file = iniconfig.IniConfig(str(path), path.read_text("utf-8"))
    except iniconfig.ParseError as error:
        raise SpecError(Complaint(f"not readable as an ini file ({error.msg})", str(path), error.lineno + 1)) from None
    except (OSError, UnicodeDecodeError) as error:
        raise _unreadable(path, error) from None
    return dict(file[section].items()) if section in file else None


def _toml(path: Path) -> dict[str, object]:
    import tomllib

    try:
        return tomllib.loads(path.read_text("utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise SpecError(Complaint(f"not readable as TOML ({error})", str(path))) from None
    except (OSError, UnicodeDecodeError) as error:
        raise _unreadable(path, error) from None


def _unreadable(path: Path, error: OSError | UnicodeDecodeError) -> SpecError:
    reason = error.strerror or str(error) if isinstance(error, OSError) else "it is not UTF-8"
    return SpecError(Complaint(f"this file cannot be read: {reason}", str(path), hint="pytest looks for its settings there"))


def _table(value: object, name: str) -> Table | None:
    inner = value.get(name) if isinstance(value, dict) else None
    return inner if isinstance(inner, dict) else None


def _pytest_toml(path: Path) -> Table:
    return _table(_toml(path), "pytest") or {}


def _pytest_ini(path: Path) -> Table:
    return _ini(path, "pytest") or {}


def _pyproject(path: Path) -> Table | None:
    pytest = _table(_table(_toml(path), "tool"), "pytest")
    if pytest is None:
        return None
    native = {key: value for key, value in pytest.items() if key != "ini_options"}
    return native or _table(pytest, "ini_options")


_READERS: Mapping[str, Callable[[Path], Table | None]] = {
    "pytest.toml": _pytest_toml,
    ".pytest.toml": _pytest_toml,
    "pytest.ini": _pytest_ini,
    ".pytest.ini": _pytest_ini,
    "pyproject.toml": _pyproject,
    "tox.ini": lambda path: _ini(path, "pytest"),
    "setup.cfg": lambda path: _ini(path, "tool:pytest"),
}
"""Files that may configure pytest, in its order; None = this one does not. Those called after it do even when empty."""
