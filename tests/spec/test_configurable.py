"""What a battery and `bio.yaml` spell alike."""

from __future__ import annotations

import pytest

from pytest_alienbio.spec.configurable import Configurable, SeedRange, made, seeds_of
from pytest_alienbio.spec.project_schema import Project
from pytest_alienbio.spec.schema import Head


@pytest.mark.parametrize(
    ("given", "seeds"), [(3, (0, 1, 2)), ([5, 3], (5, 3)), (SeedRange(start=7, count=2), (7, 8)), ([], ())]
)
def test_seeds_of(given: int | list[int] | SeedRange, seeds: tuple[int, ...]) -> None:
    """Every form means a list; none given, an empty one."""
    assert seeds_of(given) == seeds


def test_made_is_what_was_written() -> None:
    """Defaults that were written count, those that were not do not; a range of seeds is one value."""
    model = Configurable.model_validate({"run": {"traces": "all"}, "limits": {"per_cell": {}}, "seeds": {"count": 2}})
    assert list(made(model)) == [(("seeds",), SeedRange(count=2)), (("run", "traces"), "all")]


@pytest.mark.parametrize("model", [Head, Project])
def test_both_files_share_the_keys(model: type[Configurable]) -> None:
    """The very same fields, not copies that could come apart."""
    for name, field in Configurable.model_fields.items():
        if (model, name) == (Project, "seeds"):  # seeds until the gates are decided are one battery's, beside its gates
            continue
        assert model.model_fields[name].annotation == field.annotation
        assert model.model_fields[name].description == field.description
