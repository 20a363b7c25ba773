"""Every scorer that can be named: of installed packages, of the project's conftests, of a file."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from types import ModuleType

from ...errors import AlienBioError, Complaint, SpecError, UnknownNameError
from ...play.scorers import ScorerInfo, ScorerRegistry
from ..catalog import enter, installed

GROUP = "pytest_alienbio.scorers"
HOOK = "pytest_alienbio_register_scorers"
CONFTEST = "conftest.py"


def scorer_named(name: str, root: Path, start: Path) -> ScorerInfo:
    """The scorer of that name, or `FILE.py:FUNCTION`. Raises `UnknownNameError` with a near match, or `SpecError`."""
    file, _, function = name.rpartition(":")
    if file.endswith(".py"):
        return _of_file(Path(file), function, name)
    known = known_scorers(root, start)
    if not known:
        raise SpecError(f"unknown scorer {name!r}: none is registered here; FILE.py:FUNCTION names a function of yours")
    if name not in known:
        raise UnknownNameError("scorer", name, known)
    return known[name]


def known_scorers(root: Path, start: Path) -> dict[str, ScorerInfo]:
    """Those of entry points, then those that the `conftest.py` files from `root` down to `start` register.

    Raises `SpecError` for a name that is taken, a package that cannot be asked, a conftest that cannot be run.
    """
    registry = ScorerRegistry()
    for entry_point in installed(GROUP):
        registry.package = f"{entry_point.dist.name} {entry_point.dist.version}" if entry_point.dist else ""
        enter(entry_point, registry)
    registry.package = ""
    for path in _conftests(root, start):
        hook = getattr(_module(path), HOOK, None)
        if callable(hook):
            _ask(hook, registry, path)
    return registry.entries


def of_function(function: Callable[..., object], name: str = "") -> ScorerInfo:
    """A function that was handed over, as a scorer. Raises `SpecError` for what cannot be one."""
    registry = ScorerRegistry()
    called = name or str(getattr(function, "__name__", type(function).__name__)).replace("<lambda>", "scorer")
    registry.add(called, function)  # type: ignore[arg-type]
    return registry.entries[called]


def _of_file(path: Path, function: str, typed: str) -> ScorerInfo:
    if not path.is_file():
        raise SpecError(f"--scorer {typed}: there is no file {path}")
    module = _module(path)
    found = getattr(module, function, None)
    if not function.isidentifier() or not callable(found):
        own = [
            name for name, each in vars(module).items() if callable(each) and getattr(each, "__module__", "") == module.__name__
        ]
        raise UnknownNameError(f"function of {path}", function, own)
    return of_function(found, function)


def _conftests(root: Path, start: Path) -> Iterable[Path]:
    """From the project's folder down to where we are; below it, or elsewhere, only its own."""
    here = start if start.is_relative_to(root) else root
    folders = [here, *here.parents]
    return [path for folder in reversed(folders[: folders.index(root) + 1]) if (path := folder / CONFTEST).is_file()]


def _module(path: Path) -> ModuleType:
    from ...spec.module import load_module

    try:
        data = path.read_bytes()
    except OSError as error:
        raise SpecError(Complaint(f"cannot be read: {error.strerror or error}", str(path))) from error
    return load_module(data, str(path))


def _ask(hook: Callable[..., object], registry: ScorerRegistry, path: Path) -> None:
    try:
        hook(registry=registry)
    except AlienBioError:
        raise
    except Exception as error:
        raise SpecError(Complaint(f"{HOOK} failed: {type(error).__name__}: {error}", str(path))) from error
