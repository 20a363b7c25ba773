"""`bio manifest`: which data an experiment reads, written down with their checksums and compared with what is there."""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from ..errors import SpecError
from ..model import DataManifest, DataSource, Json, Mismatch
from ..report import inert, many
from ..run import find_project
from ..scenarios.manifest import DataError, bases_of, examine, locate, verify
from ..spec import MANIFEST_NAME, read_manifest
from ..store import replace_file
from ..store.yamltext import dump
from .common import Commands, project_here, say

MOST_FILES = 1000
"""Files of a folder up to which the manifest names each with its checksum."""


def add_command(commands: Commands[argparse.ArgumentParser]) -> None:
    """Adds `bio manifest`."""
    parser = commands.add_parser(
        "manifest",
        help="write down an experiment's data with their checksums, or check them",
        description=f"A {MANIFEST_NAME} beside an experiment's config.yaml names the data it reads, each file or folder with "
        "its checksum. They are checked before the experiment runs, and are part of what makes its results comparable.",
        epilog="examples:\n  bio manifest write data/texts\n  bio manifest check",
    )
    actions = parser.add_subparsers(title="actions", metavar="write|check", required=True)
    write = actions.add_parser(
        "write",
        help="compute checksums: of the data named, or of all that the manifest has",
        description="Compute checksums and write them into the manifest. Files or folders that are named are added, or take "
        "the place of their entry; without any, every entry of the manifest is computed anew, also in one whose checksums are "
        f"missing. A folder of up to {MOST_FILES:,} files gets a checksum for each of them too, so that a check can name the "
        "one that differs. Comments are kept at the top of the file only.",
        epilog="examples:\n  bio manifest write data/texts --description '100 text files'\n"
        f"  bio manifest write --manifest experiments/mine/{MANIFEST_NAME}",
    )
    write.add_argument("data", nargs="*", metavar="DIR|FILE", help="below the manifest's folder, or below the project")
    write.add_argument("--manifest", metavar="FILE", default=MANIFEST_NAME, help=f"default: {MANIFEST_NAME}, here")
    write.add_argument("--description", metavar="TEXT", help="what the data are, for those that are named")
    write.add_argument("--json", action="store_true", help="as a JSON object")
    write.set_defaults(command=write_manifest)
    check = actions.add_parser(
        "check",
        help="compare the data with their manifest",
        description="Compare the data with their manifest. Exits 0 if they are what it says, 1 with everything that differs.",
        epilog=f"example: bio manifest check experiments/mine/{MANIFEST_NAME}",
    )
    check.add_argument("manifest", nargs="?", metavar="FILE", default=MANIFEST_NAME, help=f"default: {MANIFEST_NAME}, here")
    check.add_argument("--json", action="store_true", help="as a JSON object")
    check.set_defaults(command=check_manifest)


def check_manifest(args: argparse.Namespace) -> int:
    """Prints what differs. Exits 1 if anything does."""
    manifest = read_manifest(args.manifest)
    differing = verify(manifest, _project(args.manifest))
    if args.json:
        say(json.dumps(_compared(manifest, differing)))
    elif differing:
        say(_plain(str(mismatch.complaint) for mismatch in differing))
    else:
        say(_plain([f"{args.manifest}: ok: {', '.join(_holds(source) for source in manifest.sources)}"]))
    return 1 if differing else 0


def write_manifest(args: argparse.Namespace) -> int:
    """Writes the manifest, unless it says everything already, and says what is new in it."""
    path = Path(args.manifest)
    there = os.path.lexists(path)
    old = {source.path: source for source in read_manifest(path, draft=True).sources} if there else {}
    bases = bases_of(DataManifest((), str(path)), _project(path))
    named = [_name(given, bases, path) for given in args.data] or list(old)
    if not named:
        raise SpecError(f"there is no {path} yet: name the data, like `bio manifest write data/texts`")
    if args.description is not None and not args.data:
        raise SpecError("--description is for data that are named: bio manifest write DIR --description TEXT")
    found = dict(old)
    for name in named:
        before = old.get(name, DataSource(name, ""))
        if args.description is not None:
            before = replace(before, description=args.description)
        found[name] = _computed(before, bases, path)
    if unwritten := [source.path for source in found.values() if not source.checksum]:
        raise SpecError(f"{path}: {unwritten[0]} has no checksum yet; `bio manifest write` without a name computes all")
    manifest = DataManifest(tuple(found.values()), str(path))
    text = _comments(path) + dump({"data_sources": [_entry(source) for source in manifest.sources]})
    if not there or path.read_text("utf-8") != text:
        replace_file(path, [text.encode()])
    told = {name: _status(old.get(name), found[name]) for name in found}
    if args.json:
        say(json.dumps({**_described(manifest), "sources": [{**_facts(found[name]), "status": told[name]} for name in found]}))
    else:
        say(_plain(f"{path}: {_holds(found[name])}, {told[name]}: {found[name].checksum}" for name in found))
    return 0


def _project(manifest: str | Path) -> Path:
    """The folder of the project that a manifest lies in; of the working directory, if nothing marks one."""
    folder = Path(os.path.abspath(manifest)).parent
    own, here = find_project(folder, walk=True).root, project_here().root
    return here if own == folder and folder.is_relative_to(here) else own


def _name(given: str, bases: Sequence[Path], manifest: Path) -> str:
    """The path under which the manifest has what was `given` here."""
    place = Path(os.path.abspath(given))
    for base in bases:
        if place != base and place.is_relative_to(base):
            name = place.relative_to(base).as_posix()
            if base != bases[0] and os.path.lexists(bases[0] / name):
                raise SpecError(f"{given} cannot stand in {manifest}: its path {name} means {bases[0] / name} there")
            return name
    folders = " or ".join(dict.fromkeys(map(str, bases)))
    raise SpecError(f"{given} cannot stand in {manifest}: expected a file or folder below {folders}")


def _computed(source: DataSource, bases: Sequence[Path], manifest: Path) -> DataSource:
    """`source` with what is there now. Raises `SpecError` for what cannot stand in a manifest."""
    try:
        where = locate(source.path, bases)
        if where is None:
            raise DataError("", "there are no such data", f"looked in {' and '.join(map(str, bases))}")
        base, place = where
        if place.is_dir() and Path(os.path.abspath(manifest)).is_relative_to(place):
            raise DataError("", "the manifest itself lies in it", "keep the data in a folder of their own")
        found = examine(place, base)
        if found.pointers:
            raise DataError(next(iter(found.pointers)), "this is a Git LFS pointer", "fetch the data with `git lfs pull`")
        if found.files == {}:
            raise DataError("", "the folder holds no files", "hidden ones do not count")
    except DataError as error:
        raise SpecError(f"{source.path}: {error}") from None
    same = found.checksum == source.checksum
    created = source.created if same or (source.created and not source.checksum) else date.today().isoformat()
    files = found.files if found.files is not None and len(found.files) <= MOST_FILES else None
    return replace(source, checksum=found.checksum, created=created, files=files, is_folder=found.files is not None)


def _status(before: DataSource | None, now: DataSource) -> str:
    if before is None or not before.checksum:
        return "new"
    return "unchanged" if before.checksum == now.checksum else "updated"


def _entry(source: DataSource) -> dict[str, Json]:
    """A source in the manifest's own keys; those without a value are left out."""
    entry: dict[str, Json] = {
        "path": source.path + ("/" if source.is_folder else ""),
        "checksum": source.checksum,
        "created": source.created,
        "description": source.description,
        "files": dict(sorted((source.files or {}).items(), key=lambda item: item[0].encode())),
    }
    return {key: value for key, value in entry.items() if value}


def _comments(path: Path) -> str:
    """The comment lines a file begins with."""
    if not path.is_file():
        return ""
    kept: list[str] = []
    for line in path.read_text("utf-8").splitlines(keepends=True):
        if line.strip() and not line.startswith("#"):
            break
        kept.append(line)
    return "".join(kept) if any(line.strip() for line in kept) else ""


def _holds(source: DataSource) -> str:
    return f"{source.path} ({many(len(source.files), 'file')})" if source.files is not None else source.path


def _described(manifest: DataManifest) -> dict[str, Json]:
    return {"manifest": manifest.file, "digest": manifest.digest}


def _facts(source: DataSource) -> dict[str, Json]:
    return {"path": source.path, "checksum": source.checksum, "files": len(source.files) if source.files is not None else None}


def _compared(manifest: DataManifest, differing: Sequence[Mismatch]) -> Mapping[str, Json]:
    def of(source: DataSource) -> list[Json]:
        return [
            {"kind": each.kind, "files": list(each.files), "what": str(each.complaint)}
            for each in differing
            if each.source == source.path
        ]

    sources: list[Json] = [{**_facts(source), "mismatches": of(source)} for source in manifest.sources]
    return {**_described(manifest), "ok": not differing, "sources": sources}


def _plain(lines: Iterable[str]) -> Iterator[str]:
    return (inert(line, most=4096, verbatim=True) for line in lines)
