"""Files of prompts, read where agents name them: what they hold is part of what an agent is."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from ..errors import Complaint, SpecError
from ..model import AgentEntry, Battery, Json

MOST_BYTES = 200_000


def with_prompts(
    battery: Battery, profiles: Mapping[str, AgentEntry], files: Mapping[str, str], root: Path
) -> tuple[Battery, Mapping[str, AgentEntry]]:
    """Both with the texts of the prompts that they name, in their params; of `profiles` those that the battery uses.

    `files`: the file that each profile stands in. A prompt lies in the folder of the file that names it, or in the project.
    Raises `SpecError` with every file that cannot be used.
    """
    wrong: list[Complaint] = []

    def read(entry: AgentEntry, file: str) -> AgentEntry:
        texts: dict[str, Json] = {}
        for part, name in entry.prompt.items():
            try:
                texts[part] = _text(Path(file).parent if file else root, name, root)
            except ValueError as error:
                wrong.append(Complaint(f"prompt.{part}: {error}", entry.file or file, entry.line, entry.column))
        return replace(entry, params={**entry.params, "prompt": texts}, prompt={})

    agents = tuple(read(entry, entry.file or battery.source) if entry.prompt else entry for entry in battery.agents)
    used = {entry.name for entry in agents}
    found = {
        name: read(entry, files.get(name, "")) if entry.prompt and name in used else entry for name, entry in profiles.items()
    }
    if wrong:
        raise SpecError(wrong)
    return replace(battery, agents=agents), found


def _text(folder: Path, name: str, root: Path) -> str:
    """Raises `ValueError` with the reason why a file cannot be used."""
    if "\0" in name:
        raise ValueError("this is no file's name")
    path = Path(os.path.realpath(folder / name))
    if not any(path.is_relative_to(os.path.realpath(each)) for each in (folder, root)):
        raise ValueError(f"{name} lies outside the project; a prompt lies in it, or beside the file that names it")
    try:
        with open(path, "rb", opener=lambda file, flags: os.open(file, flags | os.O_NONBLOCK)) as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise ValueError(f"{name} is no file")
            data = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise ValueError(f"{name} cannot be read: {error.strerror}") from None
    if len(data) > MOST_BYTES:
        raise ValueError(f"{name} is larger than {MOST_BYTES // 1000} kB")
    try:
        return data.decode()
    except UnicodeDecodeError:
        raise ValueError(f"{name} is not UTF-8") from None
