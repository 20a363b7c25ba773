"""Python, pytest and the packages beside it: too old, never tried, or not there."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator, Mapping
from importlib import metadata

from .symptom import Symptom

PACKAGE = "pytest-alienbio"
PYTHONS = ((3, 11), (3, 13))
"""The oldest and the newest minor version that the tests ran on."""
TRIED: Mapping[str, tuple[tuple[int, int], tuple[int, int]]] = {"pytest": ((8, 4), (9, 2)), "pytest-xdist": ((3, 6), (3, 8))}
"""Of each package that we lean on: the oldest that is allowed, and the newest that the tests ran with."""
SYSTEMS = ("linux", "darwin")

GIVES: Mapping[str, str] = {
    "gym": "environments of Gymnasium as scenarios",
    "distributed": "the engine `dask`: cells on a cluster",
    "parquet": "bio export and import of Parquet",
    "excel": "bio export of Excel",
    "mlflow": "bio export to MLflow and import from it",
    "wandb": "bio export to Weights & Biases",
    "redis": "limits that several machines share",
    "llm": "agents that are language models",
    "keyring": "keys of models from the system's keyring",
    "charts": "charts as SVG, PNG and PDF files",
    "notebook": "notebooks that run from the command line",
    "testing": "a server on loopback that stands in for models",
}
"""What each extra of the package is for."""

Version = Callable[[str], str | None]


def installed(name: str) -> str | None:
    """The version of a package; None if it is not there."""
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def needed(extra: str) -> tuple[str, ...]:
    """The packages of an extra, as the metadata of ours name them; () if there is none of that name."""
    try:
        lines = metadata.requires(PACKAGE) or []
    except metadata.PackageNotFoundError:
        return ()
    marked = (line for line in lines if re.search(rf"extra\s*==\s*['\"]{extra}['\"]", line))
    return tuple(re.split(r"[\s<>=!~;\[]", line, maxsplit=1)[0] for line in marked)


def of_python(version: tuple[int, int], implementation: str, system: str) -> Iterator[Symptom]:
    """Python and the operating system."""
    now = version
    told = f"{PYTHONS[0][0]}.{PYTHONS[0][1]} to {PYTHONS[1][0]}.{PYTHONS[1][1]}"
    if not PYTHONS[0] <= now <= PYTHONS[1] or implementation != "cpython":
        what = f"{implementation} {now[0]}.{now[1]}; the tests ran on CPython {told}"
        yield Symptom("python", what, "what nobody tried may not work", f"use CPython {told}", grave=now < PYTHONS[0])
    if system not in SYSTEMS:
        why = "file locks, signals and groups of processes are others there: two sessions could write over each other"
        yield Symptom("platform", f"{system} is untested", why, "use Linux or macOS, or WSL on Windows", grave=True)


def of_packages(version: Version = installed) -> Iterator[Symptom]:
    """What pytest-alienbio runs in."""
    for name, (oldest, newest) in TRIED.items():
        told = version(name)
        if told is None:
            yield Symptom(name, "it is not installed", "pytest-alienbio needs it", f"pip install {name}", grave=True)
            continue
        now = tuple(int(part) for part in re.findall(r"\d+", told)[:2])
        if now < oldest:
            least = f"{oldest[0]}.{oldest[1]}"
            yield Symptom(name, f"{told} is too old", f"it needs {least}", f"pip install '{name}>={least}'", grave=True)
        elif now > newest:
            tried = f"{newest[0]}.{newest[1]}"
            yield Symptom(
                name,
                f"{told} is newer than what was tried ({tried})",
                "it may behave otherwise",
                f"if so: pip install '{name}<={tried}.*'",
            )


def of_extras(version: Version = installed) -> Iterator[Symptom]:
    """Extras that are not there, or in part."""
    for extra, gives in GIVES.items():
        packages = needed(extra)
        missing = [name for name in packages if version(name) is None]
        if missing:
            some = "" if len(missing) == len(packages) else " in part"
            what = f"`{extra}` is not installed{some}" + (f" ({', '.join(missing)})" if some else "")
            yield Symptom("extra", what, f"it gives {gives}", f"if you want that: pip install '{PACKAGE}[{extra}]'")


def of_this_python() -> Iterator[Symptom]:
    """All of it, as it is here."""
    yield from of_python(sys.version_info[:2], sys.implementation.name, sys.platform)
    yield from of_packages()
    yield from of_extras()
