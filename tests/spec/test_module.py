"""Python files, run: what they may do, and what becomes of what goes wrong."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from pytest_alienbio.errors import Complaint, SpecError
from pytest_alienbio.spec.module import load_module


@pytest.fixture(autouse=True)
def as_before(tmp_path: Path) -> Iterator[None]:
    """What these tests import is forgotten, and the path is what it was."""
    path = [*sys.path]
    yield
    assert sys.path == path
    for name, module in [*sys.modules.items()]:
        if (getattr(module, "__file__", None) or "").startswith(str(tmp_path)):
            del sys.modules[name]


def private(folder: Path) -> list[str]:
    """The modules of a folder's battery files that are there."""
    files = [getattr(module, "__file__", None) or "" for name, module in sys.modules.items() if name.startswith("_pytest_al")]
    return [file for file in files if file.startswith(str(folder))]


def load(folder: Path, text: str, name: str = "x_battery.py") -> object:
    """The module of a file with this text."""
    file = folder / name
    file.write_text(text, "utf-8")
    return load_module(file.read_bytes(), str(file))


def wrong(folder: Path, text: str) -> Complaint:
    """The complaint about a file with this text."""
    with pytest.raises(SpecError) as caught:
        load(folder, text)
    (found,) = caught.value.complaints
    assert found.file == str(folder / "x_battery.py")
    return found


def test_a_file_is_run_once_for_each_content(tmp_path: Path) -> None:
    """Like any import; a changed file runs again, even within the same second."""
    counter = f"with open({str(tmp_path / 'ran')!r}, 'a') as f: f.write('x')\n"
    first = load(tmp_path, f"{counter}a = 1\n")
    assert load(tmp_path, f"{counter}a = 1\n") is first
    assert load(tmp_path, f"{counter}a = 2\n").a == 2  # type: ignore[attr-defined]
    assert (tmp_path / "ran").read_text() == "xx"


def test_nothing_is_written_beside_it(tmp_path: Path) -> None:
    """No compiled file that could be mistaken for a later text's."""
    load(tmp_path, "a = 1\n")
    assert os.listdir(tmp_path) == ["x_battery.py"]


def test_it_is_no_script_and_knows_where_it_lies(tmp_path: Path) -> None:
    module = load(
        tmp_path, "import sys\nmine = (__name__, __file__, __name__ in sys.modules)\nif __name__ == '__main__': 1/0\n"
    )
    name, file, known = module.mine  # type: ignore[attr-defined]
    assert name.startswith("_pytest_alienbio_battery_")
    assert (file, known) == (str(tmp_path / "x_battery.py"), True)


def test_what_looks_its_module_up_finds_it(tmp_path: Path) -> None:
    """Dataclasses do while they are made, type hints later."""
    module = load(
        tmp_path,
        "from __future__ import annotations\nfrom dataclasses import dataclass\nfrom typing import ClassVar, get_type_hints\n"
        "@dataclass\nclass A:\n    n: ClassVar[int] = 1\n    b: A | None = None\n",
    )
    from typing import get_type_hints

    assert get_type_hints(module.A)["b"] == module.A | None  # type: ignore[attr-defined]


def test_modules_beside_it_can_be_imported(tmp_path: Path) -> None:
    """Modules and packages; afterwards the folder is on no path."""
    (tmp_path / "beside_me.py").write_text("x = 1\n")
    (tmp_path / "beside_package").mkdir()
    (tmp_path / "beside_package" / "__init__.py").write_text("from beside_me import x as y\n")
    module = load(tmp_path, "from beside_me import x\nfrom beside_package import y\nz = x + y\n")
    assert module.z == 2  # type: ignore[attr-defined]
    assert str(tmp_path) not in sys.path


def test_each_folder_has_its_own_modules(tmp_path: Path) -> None:
    """Two folders with a `common_name.py` each: every battery gets the one beside it, and who came first keeps his."""
    for number in (1, 2):
        folder = tmp_path / str(number)
        folder.mkdir()
        (folder / "common_name.py").write_text(f"x = {number}\n")
        assert load(folder, "from common_name import x\n").x == number  # type: ignore[attr-defined]
    assert sys.modules["common_name"].__file__ == str(tmp_path / "1" / "common_name.py")


def test_a_standard_module_is_not_replaced_by_a_name(tmp_path: Path) -> None:
    """One that was imported before stays what it is."""
    (tmp_path / "json.py").write_text("x = 1\n")
    assert load(tmp_path, "import json\nx = json.dumps([1])\n").x == "[1]"  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("a = 1\nb = (\n", 2, "not readable as Python: '(' was never closed"),
        ("if 1:\nx = 1\n", 2, "not readable as Python: expected an indented block"),
        ("a = 1\n\n1/0\n", 3, "running it failed: ZeroDivisionError: division by zero"),
        ("def f(): f()\nf()\n", 1, "running it failed: RecursionError: maximum recursion depth exceeded"),
        ("x = 1\nimport sys; sys.exit(3)\n", 2, "it ends the program when it is read (SystemExit)"),
        ("\nimport beside_mee\n", 2, "running it failed: ModuleNotFoundError: No module named 'beside_mee'"),
        ("\n\nimport breaks\n", 3, "running it failed: ValueError: deep"),
        ("import unreadable\n", 1, "which it imports, is not readable as Python"),
        ("from . import x\n", 1, "running it failed: ImportError: attempted relative import"),
        ("class E(BaseException): pass\nraise E\n", 2, "running it failed: E"),
        ("raise ValueError('a\\x1b[31m\\nb' * 200)\n", 1, "running it failed: ValueError: a\\x1b[31m ba\\x1b[31m"),
        ("class E(Exception):\n    def __str__(self): 1/0\nraise E\n", 3, "running it failed: E"),
        ("assert False\n", 1, "running it failed: AssertionError"),
        ("import pytest\npytest.skip('not now', allow_module_level=True)\n", 2, "running it failed: Skipped: not now"),
    ],
)
def test_what_goes_wrong_is_a_complaint_with_its_line(tmp_path: Path, text: str, line: int, said: str) -> None:
    """Whatever it is: nothing ends the program, and no text reaches the terminal as it is."""
    (tmp_path / "breaks.py").write_text("\nraise ValueError('deep')\n")
    (tmp_path / "unreadable.py").write_text("a = (\n")
    found = wrong(tmp_path, text)
    assert said in found.what
    assert found.line == line
    assert found.what.isprintable()
    assert len(found.what) < 400
    assert private(tmp_path) == []


def test_an_error_in_another_file_says_where(tmp_path: Path) -> None:
    (tmp_path / "breaks.py").write_text("\nraise ValueError('deep')\n")
    assert wrong(tmp_path, "import breaks\n").what.endswith(f"(at {tmp_path / 'breaks.py'}:2)")


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("import beside_mee", "did you mean 'beside_me'?"),
        ("import nothing_like_it_anywhere", "modules beside the file can be imported, others must be installed"),
        ("from .beside_me import x", "import what lies beside the file by its bare name, without dots"),
        ("raise SystemExit", "put what is only for running it as a script under `if __name__ == '__main__':`"),
    ],
)
def test_common_mistakes_come_with_a_remedy(tmp_path: Path, text: str, hint: str) -> None:
    (tmp_path / "beside_me.py").touch()
    assert wrong(tmp_path, text).hint == hint


@pytest.mark.parametrize("data", [b"x = '\xff'\n", b"x = 1\0\n", b"# coding: none-such\n", b"\xff\xfex\0"])
def test_bytes_that_are_no_python(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(SpecError, match=r"not readable as Python|running it failed"):
        load_module(data, str(tmp_path / "x_battery.py"))


def test_a_file_that_failed_leaves_nothing_behind(tmp_path: Path) -> None:
    """Neither half a module nor a changed path; corrected, it works."""
    wrong(tmp_path, "import sys\nsys.path.append('/added/by/it')\n1/0\n")
    sys.path.remove("/added/by/it")
    assert private(tmp_path) == []
    assert load(tmp_path, "x = 1\n").x == 1  # type: ignore[attr-defined]


def test_ctrl_c_passes_on(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        load(tmp_path, "raise KeyboardInterrupt\n")
    assert private(tmp_path) == []


def test_a_file_whose_name_is_no_utf8(tmp_path: Path) -> None:
    name = os.fsdecode(os.fsencode(tmp_path) + b"/\xff_battery.py")
    assert load_module(b"x = 1\n", name).x == 1
    with pytest.raises(SpecError, match="ZeroDivisionError"):
        load_module(b"1/0\n", name)
