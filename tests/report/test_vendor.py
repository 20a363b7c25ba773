"""What draws the charts of pages is what its authors published, in the versions and under the licences that are named."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import pytest_alienbio
from pytest_alienbio.report.html.assets import CHARTS, asset

VENDOR = Path(pytest_alienbio.__file__).parent / "report" / "html" / "vendor"
README = (VENDOR / "README.md").read_text("utf-8")
TABLE = re.findall(r"^\| `([^`]+)` \| ([\w-]+) \| ([\d.]+) \|", README, re.MULTILINE)


def test_every_script_has_a_line_and_every_line_a_script() -> None:
    assert [name for name, _, _ in TABLE] == ["vega.min.js", "vega-lite.min.js", "vega-interpreter.js"]
    assert {file.name for file in VENDOR.glob("*.js")} == {name for name, _, _ in TABLE}
    assert [Path(name).name for name in CHARTS[:3]] == [name for name, _, _ in TABLE]


@pytest.mark.parametrize(("name", "package", "version"), TABLE)
def test_version_and_licence(name: str, package: str, version: str) -> None:
    """The version stands in the script itself."""
    text = (VENDOR / name).read_text("utf-8")
    assert re.search(rf"(?<![\d.]){re.escape(version)}(?![\d.])", text)
    licence = (VENDOR / f"LICENSE-{package}").read_text("utf-8")
    assert licence.startswith("Copyright (c) 20")
    assert "Redistribution and use in source and binary forms" in licence


def test_none_of_them_ends_the_element_it_stands_in() -> None:
    for name in CHARTS:
        assert asset(name).text


def test_the_interpreter_is_as_published_but_for_its_two_ends() -> None:
    """It takes from `vega` what it imported, and is no module any more."""
    text = (VENDOR / "vega-interpreter.js").read_text("utf-8")
    assert not re.search(r"^(import|export)\b", text, re.MULTILINE)
    assert "const { ascending, isString, DisallowedObjectProperties } = vega;" in text
    assert text.rstrip().endswith("vega.expressionInterpreter = expression;\n})(vega);")
    assert "new Function" not in text
