"""What single values of our files may be, as types that check. Imports pydantic: import it late.

Every field of a model says with `description=` what an editor shows for it; None as a default means "not given", which no
file can write: an empty key is refused.
"""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema
from pydantic.functional_validators import AfterValidator, BeforeValidator
from pydantic_core import PydanticCustomError

from .address import EXPECTED as ADDRESSES
from .address import IN_ENVIRONMENT, address_problem, is_secret
from .checks import name_problem
from .names import AGGREGATE, OUTPUT_PATH, Report
from .ranges import MAX_SEED
from .rates import PROVIDER, RATE, provider_problem, rate_problem
from .settings import engine_problem, report_problem
from .template import aggregate_problem, template_problem

MAX_LEVEL = 99
"""The highest difficulty that a file can name."""
MAX_VARIANTS = 99

_TAG = re.compile(r"[A-Za-z0-9_.-]+")


def refuse(what: str, *, expected: str = "", hint: str = "", unechoed: str = "") -> PydanticCustomError:
    """An error that `complaints.py` hands on word for word; `unechoed` says it without any text of the file."""
    return PydanticCustomError(
        "alienbio", "{what}", {"what": what, "expected": expected, "hint": hint, "unechoed": unechoed or what}
    )


def _name(text: str) -> str:
    problem = name_problem(text)
    if problem:
        raise refuse(f"this is no name: {problem}")
    return text


def _tag_word(text: str) -> str:
    if not _TAG.fullmatch(text):
        raise refuse(f"{text!r} is not a tag", expected="one word of letters, digits, '_', '.' and '-'")
    return text


def _template(text: str) -> str:
    problem = template_problem(text)
    if problem:
        raise refuse(
            f"`output_path` cannot be used: {problem}",
            hint=f"for example {OUTPUT_PATH}",
            unechoed="`output_path` cannot be used"
            + (": it has an unknown field" if problem.startswith("unknown") else f": {problem}"),
        )
    return text


def _aggregate(text: str) -> str:
    problem = aggregate_problem(text)
    if problem:
        raise refuse(
            f"`aggregate` cannot be used: {problem}",
            hint=f"for example {AGGREGATE}",
            unechoed="`aggregate` cannot be used"
            + (": it has an unknown field" if problem.startswith("unknown") else f": {problem}"),
        )
    return text


def _engine(text: str) -> str:
    if problem := engine_problem(text):
        raise refuse(problem, unechoed="this is no engine")
    return text


def _address(text: str) -> str:
    if problem := address_problem(text):
        raise refuse(f"no limits can be shared here: {problem}", expected=ADDRESSES)
    if is_secret(text):
        raise refuse("a user and a password stand in no file", hint=IN_ENVIRONMENT)
    return text


def _folder(text: str) -> str:
    if not text.strip() or re.search(r"[\x00-\x1f\x7f]", text):
        raise refuse("this cannot name a folder: it is empty or holds a control character")
    return text


def _scalar(value: object) -> object:
    if isinstance(value, list | dict):
        raise refuse(
            f"an axis holds a {'list' if isinstance(value, list) else 'mapping'}",
            expected="single values: numbers, texts, true, false or null",
        )
    return value


def listed(value: object) -> object:
    """A bare word is short for a list of it."""
    return [value] if isinstance(value, str) else value


def _report_word(word: str) -> str:
    if problem := report_problem(word):
        raise refuse(problem, unechoed="this is no report")
    return word


def _once(words: list[str]) -> list[str]:
    if len(set(words)) < len(words):
        raise refuse("a report is named twice")
    return words


def _provider(name: str) -> str:
    if problem := provider_problem(name):
        raise refuse(problem, unechoed="this is no provider's name")
    return name


def _rate(value: object) -> str:
    """One as a text, as an option has it; a whole number is short for one without a limit of tokens."""
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if not isinstance(text, str) or (problem := rate_problem(text)):
        said = problem if isinstance(text, str) else "this is no rate"
        raise refuse(
            said, expected="requests a minute, like 500, or requests/tokens, like 500/200000", unechoed="this is no rate"
        )
    return text


Provider = Annotated[str, AfterValidator(_provider)]
Rate = Annotated[
    object,
    AfterValidator(_rate),
    WithJsonSchema({"anyOf": [{"type": "integer", "minimum": 1}, {"type": "string", "pattern": f"^{RATE.pattern}$"}]}),
]
Rates = Annotated[
    dict[Provider, Rate], Field(min_length=1, json_schema_extra={"propertyNames": {"pattern": f"^{PROVIDER.pattern}$"}})
]
Name = Annotated[str, AfterValidator(_name), Field(json_schema_extra={"minLength": 1, "maxLength": 200})]
TagWord = Annotated[str, AfterValidator(_tag_word), Field(json_schema_extra={"pattern": f"^{_TAG.pattern}$"})]
Template = Annotated[str, AfterValidator(_template)]
Aggregate = Annotated[str, AfterValidator(_aggregate)]
Engine = Annotated[str, AfterValidator(_engine)]
Address = Annotated[str, Field(max_length=4096), AfterValidator(_address)]
Folder = Annotated[str, Field(max_length=4096), AfterValidator(_folder)]
ReportWord = Annotated[str, AfterValidator(_report_word), WithJsonSchema({"type": "string", "enum": list(get_args(Report))})]
ReportWords = Annotated[list[ReportWord], Field(min_length=1)]
Reports = Annotated[
    ReportWords, AfterValidator(_once), BeforeValidator(listed, json_schema_input_type=ReportWords | ReportWord)
]
Score = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Seed = Annotated[int, Field(ge=0, le=MAX_SEED)]
Level = Annotated[int, Field(ge=1, le=MAX_LEVEL)]
Params = dict[str, object]
Scalar = Annotated[
    object, AfterValidator(_scalar), WithJsonSchema({"type": ["string", "number", "boolean", "null"]}, mode="validation")
]
Role = Literal["candidate", "reference", "floor"]
"""`model.ROLES`, as a type."""


def as_written(schema: dict[str, Any]) -> None:
    """A model's JSON Schema without null for what is not given, and without titles that only repeat the keys."""
    for field in schema.get("properties", {}).values():
        field.pop("title", None)
        if field.get("default", 0) is None:
            del field["default"]
        kinds = [kind for kind in field.get("anyOf", ()) if kind != {"type": "null"}]
        if len(kinds) == 1:
            del field["anyOf"]
            field |= {key: value for key, value in kinds[0].items() if key not in field}
        elif kinds:
            field["anyOf"] = kinds


class Strict(BaseModel):
    """A mapping with these keys and no others, and no value taken for another kind."""

    model_config = ConfigDict(defer_build=True, strict=True, extra="forbid", frozen=True, json_schema_extra=as_written)
