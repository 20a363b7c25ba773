"""Keys that people try at a wrong place, and how they are spelled."""

from __future__ import annotations

from collections.abc import Mapping

from .names import SETTINGS

_SHARED: Mapping[str, str] = {
    **{setting.key.rpartition(".")[2]: setting.key for setting in SETTINGS.values()},
    **{setting.key.rpartition(".")[2]: setting.key for setting in SETTINGS.values() if setting.together},
    "wall_clock_s": "limits.per_cell.wall_clock_s",
    **{setting.key: setting.key for setting in SETTINGS.values()},
    **{name: setting.key for name, setting in SETTINGS.items()},
}
"""A setting's last word, its dotted key and its name elsewhere, each -> its dotted key."""
_PROJECT_ONLY = frozenset(
    {"data", "default_agents", "baseline", "no_gates", "alpha", "confirm", "strict", "rate", "limits_at", "live"}
)
_BATTERY: Mapping[str, str] = {
    **{word: key for word, key in _SHARED.items() if key not in _PROJECT_ONLY},
    "default_agents": "agents",
    "exclude": "select.exclude",
    "type": "select.type",
}

_ELSEWHERE_IN_BATTERY: Mapping[str, str] = {
    "data": "give it in bio.yaml, or with --bio-data",
    "rate": "give it in bio.yaml, or with --bio-rate",
    "live": "give it in bio.yaml, or with --bio-live",
    "limits_at": "give it in bio.yaml, or in the environment: ALIENBIO_LIMITS_AT",
    **dict.fromkeys(
        ("against", "alpha", "confirm", "max_missing", "margin", "metric", "tol"),
        "give it in a line of `gates`, like {metric: score, tol: 0.02}",
    ),
    "baseline": "give it in a line of `gates`: {against: ...}",
    "no_gates": "leave `gates` out, or ask for it with --bio-no-gates",
    "strict": "give it in bio.yaml, or with --bio-strict",
    "difficulty": "give it in a line of `scenarios`, or choose levels with `select: {difficulty: ...}`",
    "variants": "give it in a line of `scenarios`",
    **dict.fromkeys(
        ("metrics", "success_criteria", "task", "trials", "variations"),
        "it is a key of an experiment's file, which has `experiment:` instead of `experiment.<name>:`",
    ),
}
_ELSEWHERE_IN_PROJECT: Mapping[str, str] = {
    **dict.fromkeys(("min", "max", "until", "looks"), "give it in a battery's `seeds`, beside its gates"),
    "difficulty": "it is no setting; choose cells with --bio-difficulty",
    "smoke": "it is no setting; ask for it with --bio-smoke",
    "shard": "it is no setting; ask for it with --bio-shard",
    "tag": "it is no setting; choose cells with --bio-tag",
    "tags": "it is no setting; choose cells with --bio-tag",
}


def spelling_of(key: str, *, is_project: bool) -> str:
    """How to write what `key` means, for a hint: "it is spelled `run.traces`: write `run: {traces: ...}`"; '' if unknown."""
    if hint := (_ELSEWHERE_IN_PROJECT if is_project else _ELSEWHERE_IN_BATTERY).get(key, ""):
        return hint
    dotted = (_SHARED if is_project else _BATTERY).get(key, "")
    *sections, last = dotted.split(".")
    if not sections:
        if last and last == key:
            return f"`{key}` stands at the top of " + ("the file" if is_project else "the battery")
        return f"it is spelled `{last}`" if last else ""
    written = f"{last}: ..."
    for section in reversed(sections):
        written = f"{section}: {{{written}}}"
    return f"it is spelled `{dotted}`: write `{written}`"
