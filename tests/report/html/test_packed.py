"""Data inside a page."""

from __future__ import annotations

import math
import re
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_alienbio.model import Json
from pytest_alienbio.report.document import Document
from pytest_alienbio.report.html.content import PageContent
from pytest_alienbio.report.html.packed import pack, unpack

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(VALUES)
def test_what_was_packed_comes_out_and_its_letters_end_nothing(value: Json) -> None:
    packed = pack(value)
    assert unpack(packed) == value
    assert packed == pack(value)
    assert re.fullmatch(r"[A-Za-z0-9+/=]+", packed)


def test_frozen_mappings_are_objects_and_what_no_browser_reads_is_refused() -> None:
    assert unpack(pack(MappingProxyType({"a": 1}))) == {"a": 1}
    with pytest.raises(ValueError, match="not JSON compliant"):
        pack(math.nan)
    for text in ("no base64!", "aGVsbG8=", pack("x")[:-8]):
        with pytest.raises(ValueError):  # noqa: PT011  whichever of its layers saw it
            unpack(text)


def test_a_content_holds_every_chunk_once_and_no_place_leads_nowhere() -> None:
    document = Document("t")
    with pytest.raises(ValueError, match="both in the page and beside it: traces-0001"):
        PageContent(document, traces={"traces-0001": ""}, beside={"traces-0001": ""})
    with pytest.raises(ValueError, match="chunks that are not there: traces-0002"):
        PageContent(document, traces={"traces-0001": ""}, places={"run": {"cell": "traces-0002"}})
