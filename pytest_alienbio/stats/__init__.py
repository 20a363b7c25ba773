"""Results in, estimates out: how good an agent is, and how sure that is.

What is exported is looked up when it is used: who asks for a mean must not pay for ladders and permutations.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..model.door import door

if TYPE_CHECKING:
    from .aggregate import bracket, fixed_mean, over_scenarios, population_mean
    from .bootstrap import bca
    from .bradley_terry import bradley_terry, meetings
    from .comparison import compare
    from .correlation import correlate, correlate_all
    from .curve import curve
    from .equivalence import detectable, hedges, tost
    from .family import benjamini_hochberg, compare_all, drill_down, holm
    from .forecast import Past, Share, added, expected_total, on_workers
    from .improvement import probability_of_improvement
    from .intervals import Stratum, wilson
    from .iqm import iqm
    from .ladder import ladder
    from .logistic import logistic
    from .means import clustered_mean, leaf_mean
    from .moments import Moments
    from .partial import partial_spearman
    from .percentiles import geometric_mean, percentile, skewed
    from .permutation import relabelling, sign_flips
    from .profiles import performance_profile
    from .proportions import clopper_pearson, jeffreys, pass_rate
    from .rasch import rasch
    from .reliability import pass_all_k, pass_at_k
    from .required_seeds import detectable_drop, required_seeds
    from .runs import Contest, Contests, compare_contests
    from .sanity import MIN_CELLS, MIN_CELLS_SMOKE, SanityCheck, broken
    from .soundness import doubts, unsound
    from .standings import rank_intervals
    from .summarize import summarize
    from .tables import mcnemar, newcombe, wilcoxon
    from .units import Unit, units

__all__ = [
    "MIN_CELLS",
    "MIN_CELLS_SMOKE",
    "Contest",
    "Contests",
    "Moments",
    "Past",
    "SanityCheck",
    "Share",
    "Stratum",
    "Unit",
    "added",
    "bca",
    "benjamini_hochberg",
    "bracket",
    "bradley_terry",
    "broken",
    "clopper_pearson",
    "clustered_mean",
    "compare",
    "compare_all",
    "compare_contests",
    "correlate",
    "correlate_all",
    "curve",
    "detectable",
    "detectable_drop",
    "doubts",
    "drill_down",
    "expected_total",
    "fixed_mean",
    "geometric_mean",
    "hedges",
    "holm",
    "iqm",
    "jeffreys",
    "ladder",
    "leaf_mean",
    "logistic",
    "mcnemar",
    "meetings",
    "newcombe",
    "on_workers",
    "over_scenarios",
    "partial_spearman",
    "pass_all_k",
    "pass_at_k",
    "pass_rate",
    "percentile",
    "performance_profile",
    "population_mean",
    "probability_of_improvement",
    "rank_intervals",
    "rasch",
    "relabelling",
    "required_seeds",
    "sign_flips",
    "skewed",
    "summarize",
    "tost",
    "units",
    "unsound",
    "wilcoxon",
    "wilson",
]

_MODULES = {
    "aggregate": ("bracket", "fixed_mean", "over_scenarios", "population_mean"),
    "bootstrap": ("bca",),
    "bradley_terry": ("bradley_terry", "meetings"),
    "comparison": ("compare",),
    "correlation": ("correlate", "correlate_all"),
    "curve": ("curve",),
    "equivalence": ("detectable", "hedges", "tost"),
    "family": ("benjamini_hochberg", "compare_all", "drill_down", "holm"),
    "forecast": ("Past", "Share", "added", "expected_total", "on_workers"),
    "improvement": ("probability_of_improvement",),
    "intervals": ("Stratum", "wilson"),
    "iqm": ("iqm",),
    "ladder": ("ladder",),
    "logistic": ("logistic",),
    "means": ("clustered_mean", "leaf_mean"),
    "moments": ("Moments",),
    "partial": ("partial_spearman",),
    "percentiles": ("geometric_mean", "percentile", "skewed"),
    "permutation": ("relabelling", "sign_flips"),
    "profiles": ("performance_profile",),
    "proportions": ("clopper_pearson", "jeffreys", "pass_rate"),
    "rasch": ("rasch",),
    "reliability": ("pass_all_k", "pass_at_k"),
    "required_seeds": ("detectable_drop", "required_seeds"),
    "runs": ("Contest", "Contests", "compare_contests"),
    "sanity": ("MIN_CELLS", "MIN_CELLS_SMOKE", "SanityCheck", "broken"),
    "soundness": ("doubts", "unsound"),
    "standings": ("rank_intervals",),
    "summarize": ("summarize",),
    "tables": ("mcnemar", "newcombe", "wilcoxon"),
    "units": ("Unit", "units"),
}

__getattr__ = door(__name__, _MODULES)
