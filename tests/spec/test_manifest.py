"""`data-manifest.yaml`, read."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_alienbio.errors import SpecError
from pytest_alienbio.model import DataManifest, DataSource, folder_checksum
from pytest_alienbio.spec import read, read_manifest
from pytest_alienbio.spec.manifest import data_manifest

A = "sha256:" + "a" * 64
FILES = {"x.txt": A, "sub/y": A}
WHOLE = f"""\
data_sources:
  - path: "test-harness/data/task-s1/"
    checksum: "{A}"
    created: "2026-01-21"
    description: "100 text files for map-reduce task"
"""


def complaints(text: str, *, draft: bool = False) -> list[str]:
    with pytest.raises(SpecError) as caught:
        data_manifest(read(text, "m.yaml"), draft=draft)
    return str(caught.value).splitlines()


def test_a_manifest_with_the_documents_keys(tmp_path: Path) -> None:
    path = tmp_path / "data-manifest.yaml"
    path.write_text(WHOLE, "utf-8")
    source = DataSource(
        path="test-harness/data/task-s1",
        checksum=A,
        created="2026-01-21",
        description="100 text files for map-reduce task",
        is_folder=True,
        line=2,
        column=11,
    )
    assert read_manifest(path) == DataManifest((source,), str(path))


def test_a_date_need_not_be_quoted_and_the_rest_may_be_missing() -> None:
    (source,) = data_manifest(read(f"data_sources: [{{path: a.csv, checksum: {A!r}, created: 2026-01-21}}]")).sources
    assert (source.path, source.created, source.description, source.files, source.is_folder) == (
        "a.csv",
        "2026-01-21",
        "",
        None,
        None,
    )


def test_a_folders_files_add_up_to_its_checksum() -> None:
    """A merge that took the one from here and the other from there is seen without looking at any data."""
    text = f"data_sources: [{{path: d, checksum: '{folder_checksum(FILES)}', files: {{x.txt: '{A}', sub/y: '{A}'}}}}]"
    (source,) = data_manifest(read(text)).sources
    assert (source.files, source.is_folder) == (FILES, True)
    assert complaints(text.replace("sub/y", "sub/z")) == [
        "m.yaml:1:111: `data_sources[0].files` and `checksum` contradict each other; `bio manifest write` computes both"
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "m.yaml: the file is empty; expected `data_sources:` with a list of path and checksum"),
        ("- a\n", "m.yaml:1:1: the file holds a list at its top; expected `data_sources:` with"),
        ("{}\n", "m.yaml:1:1: `data_sources` is missing; expected a list of path and checksum"),
        ("data_sources:\n", "m.yaml:1:1: `data_sources` is empty; expected a list of path and checksum"),
        ("data_sources: []\n", "m.yaml:1:1: `data_sources` is empty; expected a list of path and checksum"),
        ("data_sources: {path: x}\n", "m.yaml:1:1: `data_sources` is a mapping; expected a list of path and checksum"),
        ("data_sources: [data/]\n", "m.yaml:1:16: `data_sources[0]` is 'data/'; expected a mapping with path and checksum"),
    ],
)
def test_what_is_no_manifest(text: str, said: str) -> None:
    (complaint,) = complaints(text)
    assert complaint.startswith(said)


def test_everything_wrong_is_said_at_once_each_with_its_place() -> None:
    said = complaints(
        f"""\
data_source: []
data_sources:
  - {{path: ../x, checksum: sha256:abc123..., creatd: 1}}
  - {{path: 7, created: 2026, description: }}
  - {{path: /etc/, checksum: 5}}
  - {{path: a, checksum: "{A}", files: {{}}}}
  - {{path: b, checksum: "{A}", files: {{.hid: "{A}", a/__pycache__/c: x, ../d: "{A}", /e: "{A}", f: }}}}
  - {{path: c/, checksum: "{A}"}}
  - {{path: c, checksum: "{A}"}}
  - {{path: ~/x, checksum: "{A.upper()}"}}
"""
    )
    below = "expected a path below the manifest's folder or the project"
    looks = "expected sha256: and 64 hexadecimal digits; `bio manifest write` computes it"
    hidden = "hidden files and `__pycache__` do not count as data"
    assert [line.removeprefix("m.yaml:") for line in said] == [
        "1:1: unknown key 'data_source'; did you mean 'data_sources'?",
        f"3:12: '../x' cannot name data: '..' would lead out of the folder; {below}",
        f"3:28: 'sha256:abc123...' is no checksum; {looks}",
        "3:46: unknown key 'creatd'; did you mean 'created'?",
        f"4:5: `checksum` is missing; {looks}",
        "4:12: `data_sources[1].path` is 7; expected a path, like data/texts/; quote it",
        "4:24: `data_sources[1].created` is 2026; expected a date, like 2026-01-21; quote it",
        "4:30: `data_sources[1].description` is empty; give it a value or remove it",
        f"5:12: '/etc/' cannot name data: it is not relative; {below}",
        f"5:29: 5 is no checksum; {looks}",
        "6:100: `data_sources[3].files` is empty; expected a mapping of paths to checksums",
        f"7:108: '.hid' cannot name a file of data: {hidden}",
        f"7:189: 'a/__pycache__/c' cannot name a file of data: {hidden}",
        f"7:206: 'x' is no checksum; {looks}",
        "7:209: '../d' cannot name a file of data: '..' would lead out of the folder",
        "7:290: '/e' cannot name a file of data: it is not relative",
        "7:369: `data_sources[4].files.f` is empty; give it a value or remove it",
        "9:12: 'c' is given twice; first given at line 8, column 12; keep one of them",
        f"10:12: '~/x' cannot name data: '~' would be a home folder; {below}",
        f"10:27: '{A.upper()[:37]}...' is no checksum; {looks}",
    ]


def test_a_draft_needs_no_checksums() -> None:
    """The document's own example has one that is none; words that were written stay, all other rules too."""
    text = (
        WHOLE.replace(A, "sha256:abc123...") + "    files: [nonsense]\n  - {path: b.csv}\n  - {path: c, checksum: , files: }\n"
    )
    first, second, third = data_manifest(read(text), draft=True).sources
    assert (first.checksum, first.files, first.created, first.is_folder) == ("", None, "2026-01-21", True)
    assert (second.checksum, second.is_folder, third.checksum) == ("", None, "")
    (only,) = complaints("data_sources: [{path: ..}]", draft=True)
    assert only.startswith("m.yaml:1:23: '..' cannot name data")
