"""`data-manifest.yaml` -> `DataManifest`. What the data really are is looked at elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..errors import Complaint, SpecError, did_you_mean
from ..model import DataManifest, DataSource, Source, folder_checksum
from ..model.manifest import is_data, path_problem
from ..model.source import Path
from .checks import empty_values
from .complaints import got, in_order, label
from .scalars import shorten

MANIFEST_NAME = "data-manifest.yaml"
KEYS = ("path", "checksum", "created", "description", "files")

_CHECKSUM = re.compile(r"sha256:[0-9a-f]{64}")
_CHECKSUM_LOOKS = "sha256: and 64 hexadecimal digits"
_COMPUTE = "`bio manifest write` computes it"
_TEXTS = {"path": "a path, like data/texts/", "created": "a date, like 2026-01-21", "description": "text"}


def data_manifest(source: Source, *, draft: bool = False) -> DataManifest:
    """A parsed manifest. Raises `SpecError` with every complaint at once.

    In a `draft` checksums are to be computed: they may be missing, or wrong in any way, and are '' then.
    """
    complaints: list[Complaint] = []
    top = source.value
    if not isinstance(top, dict):
        what = "the file is empty" if top is None else f"the file holds {got(top)} at its top"
        raise SpecError(source.complain((), what, expected="`data_sources:` with a list of path and checksum"))
    for key in top:
        if key != "data_sources":
            hint = did_you_mean(key, ("data_sources",))
            complaints.append(source.complain((key,), f"unknown key {shorten(key)!r}", hint=hint, key=True))
    items = top.get("data_sources")
    if "data_sources" not in top:
        complaints.append(source.complain((), "`data_sources` is missing", expected="a list of path and checksum"))
    elif not isinstance(items, list) or not items:
        what = "`data_sources` is " + ("empty" if items is None or items == [] else got(items))
        complaints.append(source.complain(("data_sources",), what, expected="a list of path and checksum", key=True))
    found: list[DataSource] = []
    for index, item in enumerate(items if isinstance(items, list) else ()):
        wrong = list(_wrong(source, ("data_sources", index), item, draft))
        complaints += wrong
        if not wrong:
            found.append(_one(source, ("data_sources", index), item))
    complaints += _repeated(source, found)
    if complaints:
        raise SpecError(in_order(complaints))
    return DataManifest(tuple(found), source.file)


def _wrong(source: Source, path: Path, item: object, draft: bool) -> Iterator[Complaint]:
    if not isinstance(item, dict):
        yield source.complain(path, f"`{label(path)}` is {got(item)}", expected="a mapping with path and checksum")
        return
    computed = ("checksum", "files") if draft else ()
    for key in item:
        if key not in computed:
            yield from empty_values(source, (*path, key), 0)
    for key, value in item.items():
        if key not in KEYS:
            yield source.complain((*path, key), f"unknown key {shorten(key)!r}", hint=did_you_mean(key, KEYS), key=True)
        elif key in _TEXTS and value is not None and not isinstance(value, str):
            yield source.complain(
                (*path, key), f"`{label((*path, key))}` is {got(value)}", expected=_TEXTS[key], hint="quote it"
            )
    name = item.get("path")
    if "path" not in item:
        yield source.complain(path, "`path` is missing", expected=_TEXTS["path"])
    elif isinstance(name, str):
        home = "'~' would be a home folder" if name.startswith("~/") else ""
        if problem := home or path_problem(name.removesuffix("/")):
            what = f"{shorten(name)!r} cannot name data: {problem}"
            yield source.complain((*path, "path"), what, expected="a path below the manifest's folder or the project")
    if not draft:
        yield from _wrong_checksums(source, path, item)


def _wrong_checksums(source: Source, path: Path, item: dict[str, object]) -> Iterator[Complaint]:
    checksum, files = item.get("checksum"), item.get("files")
    if "checksum" not in item:
        yield source.complain(path, "`checksum` is missing", expected=_CHECKSUM_LOOKS, hint=_COMPUTE)
    elif checksum is not None and not _is_checksum(checksum):
        yield source.complain((*path, "checksum"), f"{got(checksum)} is no checksum", expected=_CHECKSUM_LOOKS, hint=_COMPUTE)
    if files is not None:
        yield from _wrong_files(source, (*path, "files"), files, checksum)


def _is_checksum(value: object) -> bool:
    return isinstance(value, str) and _CHECKSUM.fullmatch(value) is not None


def _wrong_files(source: Source, path: Path, files: object, checksum: object) -> Iterator[Complaint]:
    if not isinstance(files, dict) or not files:
        shown = "empty" if files == {} else got(files)
        yield source.complain(path, f"`{label(path)}` is {shown}", expected="a mapping of paths to checksums", key=True)
        return
    sound = True
    for name, value in files.items():
        hidden = "" if all(map(is_data, name.split("/"))) else "hidden files and `__pycache__` do not count as data"
        if problem := path_problem(name) or hidden:
            sound = False
            yield source.complain((*path, name), f"{shorten(name)!r} cannot name a file of data: {problem}", key=True)
        if value is not None and not _is_checksum(value):
            what = f"{got(value)} is no checksum"
            yield source.complain((*path, name), what, expected=_CHECKSUM_LOOKS, hint=_COMPUTE)
        sound = sound and _is_checksum(value)
    if sound and _is_checksum(checksum) and folder_checksum(files) != checksum:
        what = f"`{label(path)}` and `checksum` contradict each other"
        yield source.complain(path, what, hint="`bio manifest write` computes both", key=True)


def _one(source: Source, path: Path, item: dict[str, object]) -> DataSource:
    name, checksum, files = str(item["path"]), item.get("checksum"), item.get("files")
    line, column = source.place((*path, "path"))
    return DataSource(
        path=name.removesuffix("/"),
        checksum=str(checksum) if _is_checksum(checksum) else "",
        created=str(item.get("created", "")),
        description=str(item.get("description", "")),
        files={key: str(value) for key, value in files.items()} if isinstance(files, dict) else None,
        is_folder=True if isinstance(files, dict) or name.endswith("/") else None,
        line=line,
        column=column,
    )


def _repeated(source: Source, found: list[DataSource]) -> Iterator[Complaint]:
    seen: dict[str, DataSource] = {}
    for each in found:
        first = seen.setdefault(each.path, each)
        if first is not each:
            hint = f"first given at line {first.line}, column {first.column}; keep one of them"
            yield Complaint(f"{shorten(each.path)!r} is given twice", source.file, each.line, each.column, hint=hint)
