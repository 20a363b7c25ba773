"""The file formats as JSON Schema, for editors: made from the same models that check the files.

What comes out is shipped beside this module as `battery.schema.json`, `experiment.schema.json` and `project.schema.json`; a
test keeps them alike.
Draft 7, which the YAML language server knows best. Imports pydantic: import it late.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from pydantic import BaseModel

from .checks import HEAD_NAME
from .experiment_schema import ExperimentFile
from .project_schema import Project
from .schema import Head

_DRAFT = "http://json-schema.org/draft-07/schema#"


def battery_schema() -> dict[str, object]:
    """Of a battery file: one or more `experiment.<name>` heads, and what stands beside the head in a DAT's `_spec_.yaml`."""
    recorded = {
        "v": {"type": "integer", "description": "Format version, in a result folder's `_spec_.yaml`."},
        "run": {"type": "string", "description": "The run that wrote this `_spec_.yaml`."},
        "resolved": {"type": "object", "description": "What the names stood for in that run; not to be written by hand."},
    }
    return {
        "$schema": _DRAFT,
        "$id": "urn:pytest-alienbio:battery",
        "title": "Battery",
        "description": "Scenarios x agents x seeds; every combination is a cell, and one pytest item.",
        "type": "object",
        "properties": recorded,
        "patternProperties": {rf"^experiment\.{HEAD_NAME.pattern}$": {"$ref": "#/definitions/Head"}},
        "additionalProperties": False,
        "minProperties": 1,
        "examples": [{"experiment.mine": {"scenarios": ["mutualism/*"], "agents": ["oracle", "random"], "seeds": 10}}],
        "definitions": _definitions(Head),
    }


def experiment_schema() -> dict[str, object]:
    """Of an experiment's `config.yaml`."""
    return _whole(ExperimentFile, "urn:pytest-alienbio:experiment", "Experiment")


def project_schema() -> dict[str, object]:
    """Of `bio.yaml`, and of the user's own `config.yaml`."""
    return _whole(Project, "urn:pytest-alienbio:project", "bio.yaml")


def text_of(schema: Mapping[str, object]) -> str:
    """`schema` as it stands in its file."""
    return json.dumps(schema, indent=1, ensure_ascii=False) + "\n"


def _whole(model: type[BaseModel], identity: str, title: str) -> dict[str, object]:
    """The schema of a file that is one mapping."""
    definitions = _definitions(model)
    top = definitions.pop(model.__name__)
    assert isinstance(top, Mapping)
    return {"$schema": _DRAFT, "$id": identity, **top, "title": title, "definitions": definitions}


def _definitions(model: type[BaseModel]) -> dict[str, object]:
    made = model.model_json_schema(by_alias=True, ref_template="#/definitions/{model}")
    inner = made.pop("$defs", {})
    return {model.__name__: made, **inner}
