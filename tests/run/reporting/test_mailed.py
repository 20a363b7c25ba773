"""Where a run comes from, in a file that travels."""

from __future__ import annotations

import pytest

from pytest_alienbio.model import Deed, Provenance
from pytest_alienbio.run.reporting.mailed import mailed, typed


@pytest.mark.parametrize(
    ("command", "shown"),
    [
        (("/home/jane/.venv/lib/python3.11/site-packages/pytest/__main__.py", "-n", "2"), ("pytest", "-n", "2")),
        (("/opt/bin/bio", "batch", "/Users/jane doe/x.yaml"), ("bio", "batch", "~ doe/x.yaml")),
        (("pytest", "--bio-data=/home/jane/data", "/data/x"), ("pytest", "--bio-data=~/data", "/data/x")),
        ((), ()),
        (("/",), ("/",)),
    ],
)
def test_programs_go_by_their_names_and_home_folders_by_none(command: tuple[str, ...], shown: tuple[str, ...]) -> None:
    assert typed(command) == shown


def test_no_folder_of_the_machine_is_left_in_what_it_says() -> None:
    """Who it was stays: that is what provenance is for."""
    deed = Deed("/home/jane/p/data/x", "exported", author="jane", about="to /home/jane/out.zip", command=("/home/jane/bio",))
    found = Provenance(
        "/home/jane/p/data/x",
        user="jane",
        host="lab",
        command=("/home/jane/bin/pytest", "/home/jane/p"),
        directory="/home/jane/p",
        more={"task": {"paths": ["/home/jane/a", 1]}},
        deeds=(deed,),
        notes=("/home/jane/p/data/x/log.jsonl: not readable",),
    )
    told = mailed(found, "data/x")
    assert "/home/jane" not in repr(told)
    assert (told.dat, told.user, told.deeds[0].author, told.deeds[0].about) == ("data/x", "jane", "jane", "to ~/out.zip")
    assert told.more == {"task": {"paths": ["~/a", 1]}}
    assert told.notes == ("data/x/log.jsonl: not readable",)
