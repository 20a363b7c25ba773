"""The numbers of a leaderboard: means, ranks, and who is not told apart; asked once, remembered in the index."""

from __future__ import annotations

from dataclasses import replace

from ..model import Json, Query, Summary, garbage
from ..store.index import Index
from .fields import Field
from .records import columns, records
from .remembered import summary_from, summary_to

RESAMPLES = 2000
SEED = 0
ALPHA = 0.05
FORM = 2
"""Counted up when the same records give other numbers than before."""
_SCORE = Field("score")
_VERSIONS = (Field("agent_hash"),)


def leaderboard(index: Index, query: Query, *, seed: int = SEED, resamples: int = RESAMPLES) -> Summary:
    """Who stands where on the records that `query` keeps, of each cell the latest scored one.

    Candidates are ranked by their mean over scenarios, each weighing the same, with its interval on these scenarios and, where
    it differs by more than half, on new ones; with the ranks that resampled worlds give them (drawn for all agents at once,
    `seed` and `resamples` are kept), and whether a paired test tells each from the one above (Holm over these pairs, 0.05).
    References and floors have no rank: they are the ceiling and the floor. Scores of both directions have no common mean.

    Remembered in the index until a DAT changes: then neither numpy nor scipy is imported.
    """
    asked: Json = {"what": "leaderboard", "form": FORM, "seed": seed, "of": resamples}
    known = index.recall(asked, query)
    if known is not None and (remembered := summary_from(known)) is not None:
        return remembered
    made = _made(index, query, seed, resamples)
    index.remember(asked, query, summary_to(made))
    return made


def _made(index: Index, query: Query, seed: int, resamples: int) -> Summary:
    from .standings import standings

    with garbage.kept():
        found = list(records(index.rows(replace(query, latest=True), columns(_SCORE, _VERSIONS)), _SCORE))
        older = 0 if query.latest else index.count(query) - len(found)
        return standings(found, older, seed=seed, resamples=resamples, alpha=ALPHA)
