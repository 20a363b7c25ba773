"""`bio schema`."""

from __future__ import annotations

import json

import pytest

from .conftest import Desk


@pytest.mark.parametrize(
    ("argv", "identity"), [([], "battery"), (["battery"], "battery"), (["experiment"], "experiment"), (["project"], "project")]
)
def test_the_schema_is_printed_as_it_is_shipped(desk: Desk, argv: list[str], identity: str) -> None:
    said = desk.bio("schema", *argv)
    assert said.code == 0
    assert json.loads(said.out)["$id"] == f"urn:pytest-alienbio:{identity}"


def test_another_file_has_no_schema(desk: Desk) -> None:
    assert (
        "argument battery|experiment|project: 'batery' is not known; did you mean 'battery'?"
        in desk.bio("schema", "batery").err
    )
