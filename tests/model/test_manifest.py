"""What a data manifest is, and what its digest and a folder's checksum say."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_alienbio.model import DataManifest, DataSource, folder_checksum
from pytest_alienbio.model.manifest import is_data, path_problem

A = "sha256:" + "a" * 64
B = "sha256:" + "b" * 64
NAMES = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\\"), min_size=1, max_size=8)


def test_a_folders_checksum_is_that_of_what_sha256sum_prints() -> None:
    """Two blanks, a line feed each, in the order of the bytes: Z before a, and é after z."""
    lines = f"{'a' * 64}  Z\n{'b' * 64}  a/b\n{'a' * 64}  é\n"
    files = {"é": A, "a/b": B, "Z": A}
    assert folder_checksum(files) == "sha256:" + hashlib.sha256(lines.encode()).hexdigest()
    assert folder_checksum({}) == "sha256:" + hashlib.sha256(b"").hexdigest()


@given(st.dictionaries(NAMES, st.sampled_from([A, B]), max_size=5), st.dictionaries(NAMES, st.sampled_from([A, B]), max_size=5))
def test_two_folders_have_one_checksum_only_if_they_are_alike(one: dict[str, str], other: dict[str, str]) -> None:
    assert (folder_checksum(one) == folder_checksum(other)) == (one == other)


def test_the_digest_is_of_the_data_alone() -> None:
    """Neither words about them nor the order of the sources change it; a path or a checksum does."""
    one, two = DataSource("data", A, "2026-01-21", "texts", {"x": B}, True, 3, 4), DataSource("more.csv", B)
    both = DataManifest((one, two), "a/data-manifest.yaml")
    assert both.digest == DataManifest((two, DataSource("data", A))).digest
    assert len(both.digest) == 64
    for other in (replace(two, path="less.csv"), replace(two, checksum=A)):
        assert DataManifest((one, other)).digest != both.digest
    assert DataManifest((one,)).digest != both.digest


@pytest.mark.parametrize(
    ("path", "problem"),
    [
        ("data/a b.txt", ""),
        ("é/~/c:d/..x", ""),
        ("/etc/passwd", "it is not relative"),
        ("a/../../b", "'..' would lead out of the folder"),
        ("..", "'..' would lead out of the folder"),
        ("a//b", "it has an empty part or a '.' in it"),
        ("./a", "it has an empty part or a '.' in it"),
        ("", "it has an empty part or a '.' in it"),
        ("a\\b", "it holds a backslash, a control character or what is not UTF-8"),
        ("a\nb", "it holds a backslash, a control character or what is not UTF-8"),
        ("a\udcff", "it holds a backslash, a control character or what is not UTF-8"),
    ],
)
def test_a_path_stays_below_its_folder_and_on_its_line(path: str, problem: str) -> None:
    assert path_problem(path) == problem


def test_what_systems_leave_behind_is_no_data() -> None:
    names = [".DS_Store", ".git", "__pycache__", "a.txt", "__init__.py", "a.b"]
    assert list(filter(is_data, names)) == ["a.txt", "__init__.py", "a.b"]
