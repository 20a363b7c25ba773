"""The table of formats."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_alienbio.errors import SpecError
from pytest_alienbio.exchange import EXPORTERS, IMPORTERS, export, importer
from pytest_alienbio.exchange.formats import _load, names

from .cells import a_cell


def test_every_entry_can_be_loaded() -> None:
    """A name in the table that leads nowhere would be found by a user only."""
    places = [each.place for each in EXPORTERS]
    for reader in IMPORTERS:
        places += filter(None, (reader.place, reader.recognise))
    for place in places:
        assert callable(_load(place)), place


def test_names_and_suffixes_mean_one_thing() -> None:
    for table in (EXPORTERS, IMPORTERS):
        assert len(set(names(table))) == len(table)
        suffixes = [suffix for each in table for suffix in each.suffixes]
        assert len(set(suffixes)) == len(suffixes)


@pytest.mark.parametrize("format", ["jsonl", "json", "parquet", "junit"])
def test_what_we_wrote_is_known_by_its_content(tmp_path: Path, format: str) -> None:
    """Whatever it is called."""
    export([a_cell()], format, tmp_path / "x.dat")
    assert importer("", str(tmp_path / "x.dat")).name == format


def test_a_source_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(SpecError, match=r"x\.csv: cannot be read: No such file"):
        importer("", str(tmp_path / "x.csv"))
    with pytest.raises(SpecError, match="this is a device or a pipe"):
        importer("", "/dev/zero")
    with pytest.raises(SpecError, match="neither its content nor its suffix says what it is"):
        importer("", str(tmp_path / "folder"))
    (tmp_path / "x.xlsx").write_bytes(b"PK")
    with pytest.raises(SpecError, match="this is a workbook, which is not read; save the sheet as CSV"):
        importer("", str(tmp_path / "x.xlsx"))
    with pytest.raises(SpecError, match="unknown format 'cvs'; did you mean 'csv'"):
        importer("cvs", "x")
