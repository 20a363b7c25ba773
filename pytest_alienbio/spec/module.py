"""A Python file -> its module. Whatever goes wrong while it runs becomes a complaint with its line."""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout, suppress
from importlib.machinery import SourceFileLoader
from types import CodeType, ModuleType

from ..errors import Complaint, SpecError, near_match
from .scalars import shorten

_OURS = __name__.partition(".")[0]
_DIGEST = "__alienbio_digest__"


def load_module(data: bytes, file: str) -> ModuleType:
    """The module that `data`, the content of `file`, makes when it is run.

    As with any import it runs once in a process: the same content again gives the same module, which stays in
    `sys.modules` under a private name. While it runs, modules beside it can be imported, and win over others of their
    name; what it prints goes to standard error, nothing is written beside it. Raises `SpecError` for whatever it raises,
    `SystemExit` too; Ctrl-C passes on.
    """
    path = os.path.abspath(file)
    name = f"_{_OURS}_battery_{hashlib.sha256(os.fsencode(path)).hexdigest()[:16]}"
    digest = hashlib.sha256(data).hexdigest()
    known = sys.modules.get(name)
    if known is not None and getattr(known, _DIGEST, "") == digest:
        return known
    if known is not None and not hasattr(known, _DIGEST):
        raise SpecError(Complaint("the file is to be read while it is being read: by itself, or by what it imports", file))
    loader = _Loader(name, path, data)
    spec = importlib.util.spec_from_file_location(name, path, loader=loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses and their like look their module up
    try:
        with _beside(os.path.dirname(path)), redirect_stdout(sys.stderr):
            loader.exec_module(module)
        setattr(module, _DIGEST, digest)
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        raise SpecError(_complaint(error, path, file)) from error
    finally:
        if not hasattr(module, _DIGEST):
            del sys.modules[name]
    return module


class _Loader(SourceFileLoader):
    """Runs the text it is given. No compiled file is read (it may be of another text) or written."""

    def __init__(self, name: str, path: str, data: bytes) -> None:
        super().__init__(name, path)
        self._data = data

    def get_code(self, fullname: str) -> CodeType:
        code: CodeType = self.source_to_code(self._data, self.path)
        return code


@contextmanager
def _beside(folder: str) -> Iterator[None]:
    """Makes the modules of `folder` importable, as for a script that lies there; afterwards all is as it was.

    A module of the same name from elsewhere (two folders have their own `common.py`) is out of the way meanwhile.
    """
    tops = _others(folder)
    hidden = {name: sys.modules.pop(name) for name in [*sys.modules] if name.partition(".")[0] in tops}
    importlib.invalidate_caches()
    sys.path.insert(0, folder)
    try:
        yield
    finally:
        with suppress(ValueError):
            sys.path.remove(folder)
        for name in [*sys.modules]:
            if name.partition(".")[0] in tops:
                del sys.modules[name]
        sys.modules.update(hidden)


def _others(folder: str) -> set[str]:
    """Names of modules in `folder` under which something from elsewhere has been imported."""
    names = {*_modules(folder)} - sys.stdlib_module_names - {_OURS}
    return {name for name in names & sys.modules.keys() if not _lies_in(sys.modules[name], folder)}


def _lies_in(module: ModuleType, folder: str) -> bool:
    file = getattr(module, "__file__", None)
    return isinstance(file, str) and os.path.abspath(file).startswith(os.path.join(folder, ""))


def _modules(folder: str) -> Iterator[str]:
    """What can be imported from `folder`."""
    try:
        names = os.listdir(folder)
    except OSError:
        return
    for name in names:
        if name.endswith(".py") and not name.startswith("__"):
            yield name.removesuffix(".py")
        elif os.path.isfile(os.path.join(folder, name, "__init__.py")):
            yield name


def _complaint(error: BaseException, path: str, file: str) -> Complaint:
    line, raised_at = _places(error, path)
    hint = ""
    if isinstance(error, SyntaxError) and error.filename == path:
        return Complaint(f"not readable as Python: {error.msg}", file, error.lineno or 0, error.offset or 0)
    if isinstance(error, SyntaxError) and error.filename:
        what = f"{error.filename}:{error.lineno}, which it imports, is not readable as Python: {error.msg}"
    elif isinstance(error, SystemExit):
        what = "it ends the program when it is read (SystemExit)"
        hint = "put what is only for running it as a script under `if __name__ == '__main__':`"
    else:
        what = f"running it failed: {_told(error)}{raised_at}"
    if isinstance(error, ModuleNotFoundError) and error.name:
        hint = near_match(error.name, _modules(os.path.dirname(path)))
        hint = hint or "modules beside the file can be imported, others must be installed"
    elif isinstance(error, ImportError) and "relative import" in str(error):
        hint = "import what lies beside the file by its bare name, without dots"
    return Complaint(what, file, line, hint=hint)


def _places(error: BaseException, path: str) -> tuple[int, str]:
    """The line of `path` that led to `error`, and ` (at file:line)` if it was raised in another file; 0 if no line did."""
    line, last = 0, ""
    trace = error.__traceback__
    while trace is not None:
        at = trace.tb_frame.f_code.co_filename
        if at == path:
            line, last = trace.tb_lineno, ""
        elif line and not at.startswith("<"):
            last = f" (at {at}:{trace.tb_lineno})"
        trace = trace.tb_next
    return line, last


def _told(error: BaseException) -> str:
    """Type and message as one printable line: the text may hold anything."""
    try:
        message = " ".join(str(error).split())
    except Exception:  # noqa: BLE001 - the exception's own code
        message = ""
    message = "".join(ch if ch.isprintable() else ch.encode("unicode_escape").decode() for ch in message[:400])
    return f"{type(error).__name__}: {shorten(message, 200)}" if message else type(error).__name__
