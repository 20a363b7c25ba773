"""A notebook as a text: what Jupyter reads, and nothing that a name can break."""

from __future__ import annotations

import ast
import json
import re
from typing import Any

import pytest

from pytest_alienbio.report.notebook import analysis


def cells(text: str) -> list[Any]:
    made = json.loads(text)
    assert (made["nbformat"], made["nbformat_minor"]) == (4, 5)
    found: list[Any] = made["cells"]
    return found


def source(cell: Any) -> str:
    return "".join(cell["source"])


def test_it_is_the_same_each_time_and_each_cell_has_an_id() -> None:
    text = analysis("mine", "data/x", "score", "steps")
    assert text == analysis("mine", "data/x", "score", "steps")
    ids = [cell["id"] for cell in cells(text)]
    assert len(set(ids)) == len(ids) == 10
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{1,64}", each) for each in ids)
    assert all(cell["outputs"] == [] for cell in cells(text) if cell["cell_type"] == "code")


def test_its_first_code_cell_holds_the_parameters() -> None:
    first = next(cell for cell in cells(analysis("mine", "data/x", "score", "steps")) if cell["cell_type"] == "code")
    assert first["metadata"] == {"tags": ["parameters"]}
    assert [line.partition(" = ")[0] for line in first["source"]] == ["path", "metric", "other"]


@pytest.mark.parametrize("name", ['"; import os #', "'\n!rm", "\\", "</script><b>", "\u202e\x1b[31m", "é"])
def test_a_hostile_name_stays_text(name: str) -> None:
    """In code it is one literal, in the heading it is no markup."""
    title, parameters, *_ = cells(analysis(name, name, name, name))
    values = [ast.literal_eval(node.value) for node in ast.parse(source(parameters)).body if isinstance(node, ast.Assign)]
    assert values == [name] * 3
    assert len(ast.parse(source(parameters)).body) == 3
    assert source(title).splitlines()[0].isprintable()
    assert "<b>" not in source(title).replace("\\<b>", "")
