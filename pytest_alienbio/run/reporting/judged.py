"""What the gates of stored runs said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from ...errors import StoreError
from ...model import Chart, Json, Verdict, inert
from ...report import many
from ...report.document import Note, Notes, Section
from ...report.gate import gate_section, gate_sections
from ...store.verdicts import read_verdicts
from .drawn import fallen
from .reports import from_here

MOST = 5
"""Runs, the first ones asked for, whose gates are told whole."""


def gates_of(dats: Sequence[Path]) -> tuple[list[Section], list[tuple[str, Chart]], list[tuple[str, Verdict]]]:
    """The verdicts that the gates of these runs gave when they were closed, their drops, drawn, each with its section, and the
    verdicts themselves, each with its run ('' if there is one).

    Of one run the sections are those of its own report: `gates`, `gate[NAME]`. Of several each is called after its run, too.
    """
    sections: list[Section] = []
    charts: list[tuple[str, Chart]] = []
    given: list[tuple[str, Verdict]] = []
    unread: list[Note] = []
    told = 0
    for dat, near in zip(dats, from_here(dats), strict=True):
        try:
            verdicts = read_verdicts(dat)
        except StoreError as error:
            unread.append(Note(inert(str(error), most=400), "not read"))
            continue
        told += bool(verdicts)
        given += [(near if len(dats) > 1 else "", verdict) for verdict in verdicts]
        if len(dats) == 1:
            sections += gate_sections(verdicts)
        elif told <= MOST:
            sections += [_of_run(gate_section(verdict), near) for verdict in verdicts]
        else:
            continue
        for verdict in verdicts:
            key = gate_section(verdict).key
            charts += fallen(verdict, key if len(dats) == 1 else f"{key[:-1]} {near}]")
    if told > MOST:
        left_out = told - MOST
        values: dict[str, Json] = {"left_out": left_out}
        unread.append(Note(f"the gates of {many(left_out, 'more run')} are not shown here: bio gate DAT", values=values))
    if unread:
        sections.append(Section("gate[]", blocks=(Notes("notes", tuple(unread)),)))
    return sections, charts, given


def _of_run(section: Section, near: str) -> Section:
    run = inert(near, most=200, verbatim=True)
    return replace(section, key=f"{section.key[:-1]} {near}]", heading=f"{section.heading} of {run}")
