"""Logs are foreign: whatever stands in them, they are read or refused, and never end in a traceback."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_alienbio.exchange import Columns, Problems
from pytest_alienbio.exchange.inspect_log import read_log
from pytest_alienbio.store import codec

from ...store.samples import json_values
from ..patient import PATIENT
from ..played import cell
from .test_read import log, sample
from .test_write import document

ANY = json_values | st.floats()
SOMEBODYS = log(
    sample(error={"message": "E('x')", "traceback": "t"}, limit={"type": "time", "limit": 1}, invalidation={"reason": "x"}),
    sample(
        "two",
        messages=[
            {
                "role": "assistant",
                "content": [{"text": "x"}],
                "tool_calls": [{"id": "1", "function": "f", "arguments": {"a": 1}}],
            },
            {"role": "tool", "tool_call_id": "1", "content": "x", "error": {"message": "no"}},
        ],
        attachments={"a": "b"},
        error_retries=[{}],
    ),
    status="error",
    results={"headline": {"scorer": "match", "score": "match"}},
)
OURS = document([cell(1)])


def places(value: object, path: tuple[object, ...] = ()) -> list[tuple[object, ...]]:
    """The path of every value inside `value`."""
    inner = value.items() if isinstance(value, Mapping) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, each in inner for place in places(each, (*path, key)))]


def changed(value: Any, path: tuple[Any, ...], new: object) -> Any:
    """A copy with another value at this path."""
    if not path:
        return new
    copy = dict(value) if isinstance(value, Mapping) else list(value)
    copy[path[0]] = changed(copy[path[0]], path[1:], new)
    return copy


@settings(PATIENT, max_examples=60)
@given(st.data(), st.sampled_from([SOMEBODYS, OURS]), ANY)
def test_any_value_at_any_place_is_read_or_refused(data: st.DataObject, whole: Any, new: object) -> None:
    """And what is read can be written into a journal."""
    broken = changed(whole, data.draw(st.sampled_from(places(whole))), new)
    problems = Problems()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "log.json")
        path.write_text(json.dumps(broken), "utf-8")
        for result in read_log(str(path), Columns(), problems):
            codec.encode(result)
