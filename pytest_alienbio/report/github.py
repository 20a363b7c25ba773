"""What GitHub Actions shows of a run: an annotation at the battery for each gate that needs a look, and the job's summary.

Annotations are workflow commands, lines that begin with `::`. Whatever names and messages say, they cannot end such a line
or begin another: GitHub's own escapes stand for the signs that could.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ..model import Call, Verdict, inert
from .document import Document, Note, Notes, Section
from .gate import failure_text, gate_sections, one_line
from .markdown import render_markdown

MOST_BYTES = 1_000_000
"""Of a job's summary: GitHub drops one of more than 1 MiB, all of it."""
_SHORTER = "shortened to the rows of a screen: GitHub drops a job's summary of more than 1 MiB; --all has every row"
_GONE = "left out: it alone would be too long"
_MOST_TEXT = 4000
_LEFT_OUT = "The rest is left out: GitHub drops a summary of more than 1 MiB. The result folder has all."
_SUMMARISED = ("run", "findings", "leaderboard", "end")


def annotation(verdict: Verdict, file: str, *, strict: bool = False) -> str:
    """The workflow command that shows `verdict` at its line of the battery's `file`; '' for one that needs no look.

    FAIL and INVALID are errors, INCONCLUSIVE is a warning, or an error where it is `strict`. `file` is as the repository
    names it; '' for a battery without one.
    """
    if verdict.call in (Call.PASS, Call.NOT_JUDGED):
        return ""
    level = "error" if verdict.fails or strict else "warning"
    title = f"{inert(verdict.battery, most=80)} gate[{inert(verdict.rule.name, most=80)}] {verdict.call}"
    at = {"file": inert(file, most=1000, verbatim=True), "line": str(verdict.rule.line or 1)} if file else {}
    if verdict.rule.column and at:
        at["col"] = str(verdict.rule.column)
    return command(level, failure_text(verdict)[:_MOST_TEXT], **at, title=title)


def command(level: str, message: str, **properties: str) -> str:
    """`::error file=...,title=...::message` in one line, escaped as GitHub reads it back."""
    told = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    return f"::{level}{' ' if told else ''}{told}::{_data(message)}"


def job_summary(document: Document, verdicts: Sequence[Verdict], *, room: int = MOST_BYTES) -> str:
    """Markdown for the job's summary, ending in a line break: the gates first, then how the run ended and who is best.

    Tables have the rows of a screen. Beyond `room` bytes: the gates alone, or a line each, which is said;
    '' if not even that fits.
    """
    judged = gate_sections(verdicts, more="the result folder has all")
    others = tuple(section for key in _SUMMARISED for section in document.sections if section.key == key)
    lines = tuple(Section(f"gate[{at}]", one_line(each)) for at, each in enumerate(verdicts))
    left_out = Section("left out", blocks=(Notes("notes", (Note(_LEFT_OUT),)),))
    for sections in ((*judged, *others), (*judged, left_out), (*lines, left_out)):
        text = render_markdown(Document(document.title, sections), whole=False) + "\n"
        if _size(text) <= room:
            return text
    return ""


def fitting(document: Document, *, most: int = MOST_BYTES) -> str:
    """The document as Markdown that a job's summary takes: with every row, if that is no longer than `most` bytes, else with
    those of a screen; then without its longest sections, one by one. What is left out is said."""
    text = render_markdown(document)
    if _size(text) <= most:
        return text
    sections, note = list(document.sections), Section("shortened", blocks=(Notes("notes", (Note(_SHORTER, "note"),)),))
    rest = sorted(range(len(sections)), key=lambda at: _size(render_markdown(Document("", (sections[at],)), whole=False)))
    while _size(text := render_markdown(Document(document.title, (*sections, note)), whole=False)) > most and rest:
        at = rest.pop()
        sections[at] = replace(sections[at], blocks=(Notes("left out", (Note(_GONE, "note"),)),))
    return text


def _size(text: str) -> int:
    return len(text.encode("utf-8", "backslashreplace"))


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
