"""Which column is which field."""

from __future__ import annotations

from typing import Any

import pytest

from pytest_alienbio.errors import SpecError
from pytest_alienbio.exchange import Columns
from pytest_alienbio.exchange.columns import is_field


@pytest.mark.parametrize("name", ["score", "score.safety", "params.a.b", "metric.loss", "seed"])
def test_these_are_fields(name: str) -> None:
    assert is_field(name)


@pytest.mark.parametrize("name", ["Score", "score.", ".x", "usage.tokens", "scores", ""])
def test_these_are_none(name: str) -> None:
    assert not is_field(name)


def test_a_column_is_what_is_said_of_it() -> None:
    """Mapped first; then by its own name, unless something else is that field or it is left out."""
    columns = Columns({"score": "acc"}, {"battery": "b"}, ("note", "usd"))
    found = {name: columns.field_of(name) for name in ("acc", "score", "battery", "usd", "note", "agent", "what")}
    assert found == {"acc": "score", "score": "", "battery": "", "usd": "", "note": "", "agent": "agent", "what": ""}


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ({"names": {"skore": "acc"}}, "'skore' is no field of a cell; did you mean 'score'"),
        ({"fixed": {"x": "1"}}, "'x' is no field of a cell; known: "),
        ({"names": {"score": "a"}, "fixed": {"score": "1"}}, "'score' is both mapped to a column and set to a value"),
        ({"outcomes": {"ok": "fine"}}, "'fine' is no outcome"),
    ],
)
def test_a_mapping_that_makes_no_sense_is_refused(arguments: dict[str, Any], complaint: str) -> None:
    with pytest.raises(SpecError, match=complaint):
        Columns(**arguments)
