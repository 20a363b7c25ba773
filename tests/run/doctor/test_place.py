"""What lies under the data root."""

from __future__ import annotations

import os
from collections import namedtuple
from pathlib import Path

import pytest

from pytest_alienbio.run.doctor.place import file_system, of_file_system, of_place, of_room, of_writing

LINUX = """\
22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
30 22 0:40 / /home rw,relatime - nfs4 server:/home rw
31 30 8:2 / /home/ann/local\\040disk rw - xfs /dev/sdb rw
32 22 0:41 / /scratch rw - lustre mds:/scratch rw
33 22 0:42 / /homes rw - tmpfs tmpfs rw
"""
DARWIN = """\
/dev/disk3s1s1 on / (apfs, sealed, local, read-only, journaled)
//ann@server/share on /Volumes/a share (smbfs, nodev, nosuid, mounted by ann)
"""


@pytest.mark.parametrize(
    ("path", "mounts", "kind"),
    [
        ("/data", LINUX, "ext4"),
        ("/home/ann/data", LINUX, "nfs4"),
        ("/home/ann/local disk/data", LINUX, "xfs"),
        ("/homes/ann", LINUX, "tmpfs"),
        ("/scratch", LINUX, "lustre"),
        ("/data", DARWIN, "apfs"),
        ("/Volumes/a share/data", DARWIN, "smbfs"),
        ("/data", "", ""),
        ("/data", "nonsense\n\n - - on (x)", ""),
    ],
)
def test_the_longest_mount_above_it_counts(path: str, mounts: str, kind: str) -> None:
    assert file_system(Path(path), mounts)[0] == kind


@pytest.mark.parametrize(("path", "grave"), [("/data", []), ("/home/ann", [True]), ("/scratch/x", [False])])
def test_file_systems_of_others_are_told(path: str, grave: list[bool]) -> None:
    """Where it may hold (a cluster's) it is advice."""
    assert [each.grave for each in of_file_system(Path(path), LINUX)] == grave


def test_room_for_bytes_and_for_files(monkeypatch: pytest.MonkeyPatch) -> None:
    about = namedtuple("about", "f_bavail f_frsize f_blocks f_files f_favail")
    for told, grave in (
        (about(10**7, 4096, 10**8, 10**6, 10**6), []),
        (about(10**5, 4096, 10**8, 10**6, 10**6), [False]),
        (about(10, 4096, 10**8, 10**6, 10**6), [True]),
        (about(10**7, 4096, 10**8, 10**6, 10), [True]),
        (about(10**7, 4096, 10**8, 0, 0), []),  # btrfs counts no inodes
    ):
        monkeypatch.setattr(os, "statvfs", lambda path, told=told: told)
        assert [each.grave for each in of_room(Path("/"))] == grave


def test_it_tries_what_a_run_does_and_leaves_nothing(tmp_path: Path) -> None:
    """A data root that is still to be made is not made: the folder above it is looked at."""
    assert not [each for each in of_place(tmp_path / "data" / "deep") if each.about == "writing"]
    assert not list(tmp_path.iterdir())


def test_a_folder_that_cannot_be_written_is_grave(tmp_path: Path) -> None:
    (only,) = of_writing(tmp_path / "gone")
    assert only.grave
    assert "cannot be used" in only.what
