"""The rooms keep to their import table (`docs/architecture.md`), and loading the plugin costs unrelated projects nothing."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import pytest_alienbio

HOUSE = Path(pytest_alienbio.__file__).parent
FILES = sorted(HOUSE.rglob("*.py"))

PAGE = (Path(__file__).parents[1] / "docs" / "architecture.md").read_text("utf-8")


def table_of(page: str) -> dict[str, set[str]]:
    """Which rooms a room may import, as the page says; `errors` and itself always. "Every core room": all the rows above."""
    table: dict[str, set[str]] = {"errors": set()}
    _, _, below = page.partition("\n| room | may import")
    for row in below.partition("\n\n")[0].splitlines()[2:]:
        rooms, may = (cell.strip() for cell in row.strip("|").split("|"))
        every = may == "every core room"
        assert every or may == "nothing" or NAMED.search(may), f"who may import what? {row}"
        table |= dict.fromkeys(NAMED.findall(rooms), set(table) if every else set(NAMED.findall(may)))
    doors = re.search(r"`__init__` may import (.+?), `__main__` only (.+?)\.", page)
    assert doors, "the page says what `__init__` and `__main__` may import"
    return table | {door: set(NAMED.findall(may)) for door, may in zip(("__init__", "__main__"), doors.groups(), strict=True)}


def unnamed(page: str) -> list[str]:
    """The modules that the page's drawing of the rooms does not name, each in its own room's lines."""
    _, _, below = page.partition("## The rooms\n\n```")
    words: dict[str, set[str]] = {}
    room = ""
    for line in below.partition("```")[0].splitlines():
        if entry := re.match(r"  (\w+)(?:/|\.py) ", line):
            room, line = entry[1], line[entry.end() :]
        words.setdefault(room, {"__init__"}).update(re.findall(r"\w+", line))
    missing = []
    for file in (file.relative_to(HOUSE) for file in FILES):
        room, *inner = file.with_suffix("").parts
        if room not in words or not words[room].issuperset(inner[:1]):
            missing.append(str(file))
    return missing


NAMED = re.compile(r"`(\w+)`")
TABLE = table_of(PAGE)
PYTEST_ROOMS = {"plugin"}
LONGEST = 320
HEAVY = ("numpy", "pandas", "scipy", "pydantic", "pydantic_core", "jinja2", "backports.zstd", "compression.zstd", "zstandard")


def room_of(file: Path) -> str:
    """The room a file of the package belongs to: its top folder, or its own name at the top."""
    return file.relative_to(HOUSE).parts[0].removesuffix(".py")


def imported(file: Path, source: str) -> Iterator[tuple[int, str]]:
    """Line and absolute dotted name of every import of a file, wherever it stands (functions, `TYPE_CHECKING`)."""
    package = ("pytest_alienbio", *file.relative_to(HOUSE).parts[:-1])
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) + 1 - node.level] if node.level else ()
            module = (*base, *(node.module.split(".") if node.module else ()))
            yield from ((node.lineno, ".".join((*module, alias.name))) for alias in node.names)


def offences(file: Path, source: str) -> list[str]:
    """What a file imports against the table, as `file:line: what`."""
    room, found = room_of(file), []
    allowed = TABLE.get(room, set()) | {room, "errors"}
    for line, name in imported(file, source):
        top, *rest = name.split(".")
        target = rest[0] if rest and rest[0] in TABLE else "the package's own door"
        if top == "pytest_alienbio" and target not in allowed:
            found.append(f"{file.relative_to(HOUSE)}:{line}: {room} may not import {target} ({name})")
        if top in ("pytest", "_pytest") and room not in PYTEST_ROOMS:
            found.append(f"{file.relative_to(HOUSE)}:{line}: {room} may not import pytest ({name})")
    return found


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(HOUSE)))
def test_a_file_keeps_to_the_table_and_stays_short(file: Path) -> None:
    """Rooms import downwards only, the core knows no pytest, and a file is one noun long."""
    source = file.read_text(encoding="utf-8")
    assert room_of(file) in TABLE, "a new room needs its line in the table of docs/architecture.md"
    assert offences(file, source) == []
    assert len(source.splitlines()) <= LONGEST


def test_every_module_is_named_on_the_page_in_its_room() -> None:
    """Who looks for something reads the page first."""
    assert unnamed(PAGE) == []


@pytest.mark.parametrize(
    ("name", "missing"),
    [
        ("kinetics, ", ["world/kinetics.py"]),
        ("  api.py          FACE 1  `Bio`\n", ["api.py"]),
        ("timed", ["resources/timed.py"]),
        ("  __main__.py     `python -m pytest_alienbio` is `bio`\n", ["__main__.py"]),
    ],
)
def test_a_module_that_is_not_named_is_seen(name: str, missing: list[str]) -> None:
    assert PAGE.count(name) >= 1
    assert set(unnamed(PAGE.replace(name, ""))) - set(unnamed(PAGE)) == set(missing)


def test_the_page_says_of_every_room_what_it_may_import() -> None:
    """And of nothing else; physics knows nothing, faces do not know each other, only `run` knows the whole core."""
    assert set(TABLE) == {room_of(file) for file in FILES}
    assert TABLE["world"] == TABLE["model"] == set()
    assert TABLE["scenarios"] == {"world", "model"}
    assert not TABLE["cli"] & {"api", "cli", "plugin", "world"}
    assert {room for room in TABLE if "testing" in TABLE[room]} == {"cli"}
    assert {room for room in TABLE if "resources" in TABLE[room]} == {"run"}
    assert TABLE["__main__"] == {"cli"}


@pytest.mark.parametrize(
    ("file", "source"),
    [
        ("world/state.py", "from ..model import Cell"),
        ("world/state.py", "def late():\n    from .. import model"),
        ("agents/noop.py", "import pytest_alienbio.world.kernel"),
        ("agents/noop.py", "from pytest_alienbio.world import kernel"),
        ("agents/llm/agent.py", "from ...scenarios.scoring import score"),
        ("cli/main.py", "from ..plugin import hooks"),
        ("stats/intervals.py", "from pytest_alienbio import Result"),
        ("report/text.py", "import pytest"),
        ("run/plan.py", "from _pytest.config import Config"),
        ("errors.py", "from .model import Cell"),
    ],
)
def test_the_check_sees_every_kind_of_import(file: str, source: str) -> None:
    """Relative, absolute, late, from a sub-folder, of the door, of pytest: a check that cannot fail protects nothing."""
    assert len(offences(HOUSE / file, source)) == 1


@pytest.mark.parametrize(
    ("file", "source"),
    [
        ("world/state.py", "from . import kernel\nfrom ..errors import AlienBioError\nimport math"),
        ("agents/llm/agent.py", "from ..protocol import x\nfrom . import prices\nfrom ...model import Cell"),
        ("plugin/hooks.py", "import pytest\nfrom .. import run, errors"),
        ("api.py", "from .model import Cell\nfrom pytest_alienbio.run import execute"),
    ],
)
def test_the_check_lets_the_allowed_pass(file: str, source: str) -> None:
    """One's own room, `errors`, and what the table grants."""
    assert offences(HOUSE / file, source) == []


@pytest.mark.parametrize("arguments", [["--collect-only"], []], ids=["collect only", "run"])
def test_an_unrelated_project_pays_for_nothing_heavy(tmp_path: Path, arguments: list[str]) -> None:
    """Installed, the plugin is loaded in every project of the environment: it must not drag in what only batteries need.

    Other plugins are kept out, since some import such things themselves.
    """
    (tmp_path / "test_other.py").write_text("def test_other():\n    pass\n", encoding="utf-8")
    (tmp_path / "conftest.py").write_text(
        "import sys\n"
        "def pytest_unconfigure():\n"
        "    assert 'pytest_alienbio.plugin.hooks' in sys.modules\n"
        f"    print('HEAVY:', [name for name in {HEAVY!r} if name in sys.modules])\n",
        encoding="utf-8",
    )
    path = os.pathsep.join(filter(None, [str(HOUSE.parent), os.environ.get("PYTHONPATH")]))
    command = [sys.executable, "-m", "pytest", "-p", "pytest_alienbio.plugin.hooks", "-p", "no:cacheprovider", "-q", *arguments]
    done = subprocess.run(
        command,
        cwd=tmp_path,
        env={
            **os.environ,
            "PYTHONPATH": path,
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
            "PYTEST_ADDOPTS": "",
            "PYTEST_PLUGINS": "",
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "HEAVY: []" in done.stdout, done.stdout


def test_a_session_without_gates_never_loads_what_judges() -> None:
    """Whatever plays and closes runs may be imported, and the room `gate` only once there is a gate."""
    code = (
        "import sys, pytest_alienbio.plugin.state, pytest_alienbio.plugin.closing, pytest_alienbio.plugin.gates, "
        "pytest_alienbio.plugin.looks, pytest_alienbio.run.closing, pytest_alienbio.run.batch\n"
        "print([name for name in sys.modules if name.startswith('pytest_alienbio.gate')])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=HOUSE.parent, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
