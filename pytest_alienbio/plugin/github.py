"""GitHub Actions at the end of a session: annotations in the log, and the job's summary.

Only where GitHub runs it (`GITHUB_ACTIONS=true`), and only in the process that judges.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from ..model import Verdict, inert

if TYPE_CHECKING:
    from ..report import Document


class Told(NamedTuple):
    """What a battery's run came to."""

    path: Path
    """Of the battery's file."""
    document: Document
    verdicts: tuple[Verdict, ...]


def tell_github(
    reporter: pytest.TerminalReporter, told: Iterable[Told], environment: Mapping[str, str], *, strict: bool = False
) -> None:
    """Writes an annotation for each gate that needs a look, and adds each battery to the job's summary.

    Nothing where no GitHub job runs. A summary that cannot be written is told in a line: the run is what it is without.
    """
    if environment.get("GITHUB_ACTIONS") != "true":
        return
    from ..report.github import annotation

    for each in told:
        for verdict in each.verdicts:
            if line := annotation(verdict, _file(verdict, each.path, environment), strict=strict):
                reporter.ensure_newline()
                reporter.write_line(line)
        try:
            _summarise(each, environment.get("GITHUB_STEP_SUMMARY", ""))
        except OSError as error:
            reporter.write_line(f"the job's summary is not written: {inert(str(error))}")


def _file(verdict: Verdict, path: Path, environment: Mapping[str, str]) -> str:
    """The file where the gate stands, as the repository names it; '' for one outside of the workspace."""
    root = environment.get("GITHUB_WORKSPACE")
    file = Path(verdict.rule.file or path).resolve()
    if not root or not file.is_relative_to(Path(root).resolve()):
        return ""
    return file.relative_to(Path(root).resolve()).as_posix()


def _summarise(told: Told, target: str) -> None:
    from ..report.github import MOST_BYTES, job_summary

    if target:
        with open(target, "ab") as file:
            text = job_summary(told.document, told.verdicts, room=MOST_BYTES - file.tell())
            file.write(text.encode("utf-8", "backslashreplace"))
