"""What there is of that which was asked for, where nothing fits."""

from __future__ import annotations

from fnmatch import fnmatchcase

from ..errors import did_you_mean
from ..model import Query, inert
from ..store.index import Index


def hint(index: Index, query: Query, flag: str = "{}={}") -> str:
    """For each word of `query` that fits no record of the DATs at all, the names there are; '' if each fits one.

    `flag` is how a word and its values are spelled. Harmless, on one line.
    """
    asked = {
        "battery": query.batteries,
        "scenario": query.scenarios,
        "agent": query.agents,
        "tag": query.tags,
        "param": tuple(query.params),
    }
    hints = []
    for name, globs in asked.items():
        met = index.names(name, query) if globs else []
        exactly = name in ("tag", "param")
        if met and not any(each == glob if exactly else fnmatchcase(each, glob) for each in met for glob in globs):
            hints.append(f"{flag.format(name, ','.join(globs))}: {did_you_mean(globs[0], met, most=20)}")
    return inert("; ".join(hints), most=1000)
