"""Types of single values, and how a model looks as JSON Schema."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import Field, TypeAdapter, ValidationError

from pytest_alienbio.spec.fields import Folder, Name, Strict, TagWord, Template


class Example(Strict):
    """A model."""

    one: int | None = Field(default=None, description="One.")
    either: int | str | None = Field(default=None, description="Either.")
    plain: int = Field(default=0, description="Plain.")


def test_none_is_not_given_and_cannot_be_written() -> None:
    """An editor must not offer a null that the reader refuses; a default that says something stays."""
    assert Example.model_json_schema()["properties"] == {
        "one": {"description": "One.", "type": "integer"},
        "either": {"description": "Either.", "anyOf": [{"type": "integer"}, {"type": "string"}]},
        "plain": {"default": 0, "description": "Plain.", "type": "integer"},
    }


@pytest.mark.parametrize(
    ("kind", "text"),
    [(Name, " a"), (Name, "a::b"), (TagWord, "a b"), (TagWord, ""), (Template, "../a"), (Folder, " "), (Folder, "a\0b")],
)
def test_texts_that_are_refused(kind: Any, text: str) -> None:
    """With words of our own."""
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(kind).validate_python(text)
    [error] = caught.value.errors()
    assert error["type"] == "alienbio"


def test_a_template_can_be_refused_without_its_text() -> None:
    """For files whose texts may be secrets."""
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(Template).validate_python("{PASTED}")
    [error] = caught.value.errors()
    assert "PASTED" in error["ctx"]["what"]
    assert error["ctx"]["unechoed"] == "`output_path` cannot be used: it has an unknown field"
