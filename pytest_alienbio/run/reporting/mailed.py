"""Where a run comes from, for a file that travels: what people need to find it again, and not where it lies on a machine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import PurePath

from ...model import Json, Provenance
from ...model.homes import homeless


def mailed(found: Provenance, near: str) -> Provenance:
    """The same, its folder called `near`, programs by their names, and `~` for home folders; the folder itself has it whole."""
    return replace(
        found,
        dat=near,
        command=typed(found.command),
        directory=homeless(found.directory),
        more={name: _homeless(value) for name, value in found.more.items()},
        deeds=tuple(
            replace(deed, dat=near, command=typed(deed.command), about=homeless(deed.about), reason=homeless(deed.reason))
            for deed in found.deeds
        ),
        notes=tuple(homeless(note.replace(found.dat, near)) for note in found.notes),
    )


def typed(command: Sequence[str]) -> tuple[str, ...]:
    """A command line as somebody types it: `.../site-packages/pytest/__main__.py` is `pytest`."""
    if not command:
        return ()
    program = PurePath(command[0])
    name = program.parent.name if program.name == "__main__.py" else program.name
    return name or command[0], *map(homeless, command[1:])


def _homeless(value: Json) -> Json:
    if isinstance(value, str):
        return homeless(value)
    if isinstance(value, Mapping):
        return {key: _homeless(each) for key, each in value.items()}
    return [_homeless(each) for each in value] if isinstance(value, list | tuple) else value
