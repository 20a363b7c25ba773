"""The tables of docs/gate-power.md, from what `gate_power.py` counted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from math import sqrt
from textwrap import fill

import numpy as np

from pytest_alienbio.stats.required_seeds import chance

from . import gate_printed as printed
from .gate_jobs import ALPHA, FIRST, FRESH, LOOKS, SECOND, Job, Tally, brute_force
from .gate_model import FAMILIES, Setting, draw, pattern
from .gate_rivals import RULES

PLAIN = [name for name in RULES if name != "two proportions, z"]


def document(told: Sequence[Tally], *, command: str, draws: int, seed: int) -> str:
    """The page, in Markdown."""
    made = {
        "level": _level,
        "power": _power,
        "control": _control,
        "tolerance": _tolerance,
        "stored": _stored,
        "confirm": _confirm,
        "looks": _looks,
    }
    parts = [_head(told, command, draws, seed)]
    bars = list(_bars(told, brute_force(seed)))
    if bars:
        parts.append("## Bars\n\n" + table(["bar", "measured", ""], bars))
    for name, show in made.items():
        if mine := [tally for tally in told if tally.job.section == name]:
            parts.append(show(mine))
    return "\n\n".join(part.rstrip() for part in parts) + "\n"


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """In Markdown."""
    lines = [" | ".join(head), "|".join(["---"] * len(head)), *(" | ".join(row) for row in rows)]
    return "\n".join(f"| {line} |" if "---" not in line else f"|{line}|" for line in lines)


def prose(*sentences: str) -> str:
    """One paragraph."""
    return fill(" ".join(sentences), 138, break_long_words=False, break_on_hyphens=False)


def _head(told: Sequence[Tally], command: str, draws: int, seed: int) -> str:
    batches = sum(tally.job.batches for tally in told)
    cpu = sum(tally.cpu for tally in told)
    parts = [
        "# Does the gate keep its level, and what does it see?",
        "Made by a program on simulated batches; nothing here is written by hand:",
        f"```sh\n{command}\n```",
        prose(
            f"{batches:,} batches in {len(told)} entries, seed {seed}, {draws:,} fresh relabellings for each (the gate itself",
            f"takes 9,999: the same level, a little more power), {cpu / 60:.1f} minutes of CPU. `±` is one standard error.",
        ),
        prose(
            "**The batches.** A leaf (one agent on one scenario) has a mean drawn from [0.4, 0.95], anew in each",
            "batch. Baseline",
            "and new run are on the same seeds, and a seed's difficulty makes its two runs correlate with 0.3, unless it says",
            "otherwise. Scores are passes (Bernoulli), Beta with concentration 8, or that with 30 % collapsed to",
            "0 (zero-infl.).",
            "12 leaves are 2 agents x 6 scenarios, 36 are 3 x 12, 100 are 5 x 20. A batch *fails* if the rule",
            "finds any node (or",
            f"leaf) worse. Nodes over scenarios are on, as they are by default; alpha is {ALPHA:g}.",
        ),
        prose(
            "**What to read.** The first table after the bars: how often each rule fails a build in which nothing changed. The",
            "tables of power: how often it fails one in which something got worse, which is worth little where it fails most",
            "builds anyway. `36 x 5 Bernoulli` are 36 leaves, 5 seeds each, passes and failures.",
        ),
        prose(
            "**Study** is an earlier simulation, from which the gate's constants were chosen (the same model, its own code and",
            "random numbers, mostly 1000 batches an entry), and *off by* the difference in standard errors of both: by",
            "chance alone one",
            "in 20 is beyond 2.",
        ),
    ]
    return "\n\n".join(parts)


def _offs(told: Sequence[Tally]) -> Iterator[float]:
    study = printed.power()
    for tally in told:
        if tally.job.section == "power":
            yield off(tally.rate, tally.job.batches, study[tally.job.key].gate, printed.BATCHES)


def off(rate: float, batches: int, theirs: float, their_batches: int, rounding: float = 0.005) -> float:
    """How far two shares are apart, in standard errors, beyond what rounding to two places hides."""
    both = (rate * batches + theirs * their_batches) / (batches + their_batches)
    both = min(max(both, 0.5 / batches), 1 - 0.5 / batches)
    apart = max(0.0, abs(rate - theirs) - rounding)
    return float(np.sign(rate - theirs) * apart / sqrt(both * (1 - both) * (1 / batches + 1 / their_batches)))


def _apart(errors: float) -> str:
    """Without the sign of a zero."""
    return f"{errors:+.1f}" if abs(errors) >= 0.05 else "0.0"


def _share(tally: Tally, count: int | None = None) -> str:
    count = tally.failed if count is None else count
    return f"{count / tally.job.batches:.3f} ± {tally.error(count):.3f}"


def _rate(tally: Tally, count: int) -> str:
    return f"{count / tally.job.batches:.2f}"


def _level(told: Sequence[Tally]) -> str:
    study = printed.alarms()
    rows = []
    for tally in told:
        setting = tally.job.setting
        plain = setting.n_base is None and not setting.still and not setting.common
        theirs = study.get((setting.family, setting.groups, setting.n)) if plain else None
        row = [str(setting), f"**{_share(tally)}**"]
        for at, name in enumerate(PLAIN):
            row.append(_rate(tally, tally.rivals[name]) + (f" ({theirs[at]:.2f})" if theirs else ""))
        row.append(_rate(tally, tally.rivals["two proportions, z"]) if setting.family == "Bernoulli" else "-")
        rows.append(row)
    rates = [tally.rate for tally in told]
    errors = sqrt(sum(tally.error() ** 2 for tally in told)) / len(told)
    lowest = min(told[0].job.batches, *(tally.job.batches for tally in told))
    text = prose(
        f"Share of batches that fail. The gate: mean **{np.mean(rates):.4f} ± {errors:.4f}**, from {min(rates):.3f} to",
        f"{max(rates):.3f} over {len(told)} settings of {lowest:,} batches (one standard error of an entry that is truly 0.05:",
        f"{sqrt(0.05 * 0.95 / lowest):.4f}). Other rules in brackets: the study's figures, 300 batches or more.",
        "`36 x 30:3` is a",
        "stored baseline of 30 runs a leaf against 3 new ones, on other seeds.",
    )
    rows_of = table(["leaves x seeds", "gate", *PLAIN, "two proportions, z"], rows)
    return f"## False alarms: nothing changed\n\n{text}\n\n{rows_of}"


def _power(told: Sequence[Tally]) -> str:
    study, texts = printed.power(), []
    what = {"all 0.1": "every leaf drops by 0.1", "agent 0.2": "one agent drops by 0.2", "leaf 0.5": "one leaf drops by 0.5"}
    ahead: dict[str, list[float]] = {}
    for name in printed.PATTERNS:
        rows = []
        for tally in told:
            if tally.job.pattern != name:
                continue
            entry = study[tally.job.key]
            ahead.setdefault(name, []).append(tally.rate - entry.rival)
            setting = tally.job.setting
            row = [str(setting), f"**{_share(tally)}**", f"{entry.gate:.2f}"]
            row.append(_apart(off(tally.rate, tally.job.batches, entry.gate, printed.BATCHES)))
            row += [f"{entry.rival:.2f} {entry.who}", f"{tally.rate - entry.rival:+.2f}", f"{foretold(tally.job):.2f}"]
            row += [_rate(tally, tally.rivals[rival]) for rival in PLAIN]
            row.append(_rate(tally, tally.rivals["two proportions, z"]) if setting.family == "Bernoulli" else "-")
            row.append(_named(tally))
            rows.append(row)
        if not rows:
            continue
        head = ["leaves x seeds", "gate", "study", "off by", "best that keeps its level", "ahead", "plan", *PLAIN]
        head += ["two proportions, z", "names it"]
        texts.append(f"### {what[name]}\n\n{table(head, rows)}")
    mean = {name: f"{np.mean(each):+.3f} (worst {min(each):+.3f})" for name, each in ahead.items()}
    offs = list(_offs(told))
    keys = "; ".join(f"{key} {name}" for key, name in printed.RIVALS.items())
    told_off = sum(abs(each) > 2 for each in offs)
    difference = np.mean([tally.rate - study[tally.job.key].gate for tally in told])
    parts = [
        "## Power",
        prose(
            "Share of batches that fail when something got worse. *Best that keeps its level*: of the tools in the study whose",
            "procedure holds 0.05 (evalsig, evalgate and deltagate, public Python packages, their rules written anew from",
            f"their source), the one that is best in that very entry ({keys}); *ahead* is the gate less",
            "that, on average",
            f"{'; '.join(f'{name} {each}' for name, each in mean.items())}. *Plan* is what the formula of [`bio",
            "power`](power.md)",
            "foretells for that node at its part of alpha. The rules to the right of it alarm on unchanged batches as often as",
            "the table above says. *Names it*: share in which the agent or the leaf itself is named.",
        ),
        prose(
            f"Against the study: mean difference {difference:+.4f}; {told_off} of {len(offs)} entries are off by more than 2",
            f"standard errors, the farthest by {max(map(abs, offs)):.1f}.",
        ),
    ]
    return "\n\n".join([*parts, *texts])


def _named(tally: Tally) -> str:
    """How often what dropped is named itself."""
    match tally.job.pattern.split()[0]:
        case "leaf":
            return _rate(tally, tally.leaf)
        case "agent":
            return _rate(tally, tally.agent)
    return "-"


def foretold(job: Job) -> float:
    """The chance that the plan's formula gives: a node's drop, at its kind's part of alpha."""
    setting = job.setting
    each = setting.groups // setting.agents
    scenarios, tests = {"all": (setting.groups, 1), "agent": (each, setting.agents), "leaf": (1, setting.groups)}[
        job.pattern.split()[0]
    ]
    sd, drop = _truth(setting.family, job.pattern)
    return chance(drop, sd, setting.n, ALPHA / tests, scenarios=scenarios)


@cache
def _truth(family: str, name: str) -> tuple[float, float]:
    """The standard deviation of a difference, and the mean drop, of leaves that drop like this."""
    big = Setting(family, 36, 10)
    drops = pattern(name, big)
    base, new = draw(big, drops, 1000, np.random.default_rng(0))
    differences = (base - new)[:, drops > 0]
    return float(np.sqrt(differences.var(axis=2, ddof=1).mean())), float(differences.mean())


def _control(told: Sequence[Tally]) -> str:
    rows = [
        [
            str(tally.job.setting),
            tally.job.pattern,
            f"**{_share(tally, tally.falsely)}**",
            f"{printed.CONTROL[tally.job.key]:.3f}",
            _rate(tally, tally.failed),
        ]
        for tally in told
    ]
    text = """## Who is named wrongly

Something did get worse; share of batches in which a node is named in which nothing did (strong control: at most 0.05)."""
    return f"{text}\n\n{table(['leaves x seeds', 'what dropped', 'named wrongly', 'study', 'fails'], rows)}"


def _tolerance(told: Sequence[Tally]) -> str:
    rows = [
        [str(tally.job.setting), tally.job.pattern, f"**{_share(tally)}**", f"{printed.TOLERANCE[tally.job.key]:.3f}"]
        for tally in told
    ]
    text = "A drop up to it is none; a true drop of exactly that much is the hardest that must not alarm."
    rows_of = table(["leaves x seeds", "true drop", "fails", "study"], rows)
    return f"## With a tolerance of 0.05\n\n{text}\n\n{rows_of}"


def _stored(told: Sequence[Tally]) -> str:
    rows = []
    for tally in told:
        theirs = printed.STORED[tally.job.setting.family, tally.job.setting.n, tally.job.pattern]
        rows.append(
            [
                str(tally.job.setting),
                tally.job.pattern,
                f"**{_share(tally)}**",
                f"{theirs:.2f}",
                _apart(off(tally.rate, tally.job.batches, theirs, 500)),
            ]
        )
    text = "## A stored baseline of 30 runs a leaf, on other seeds\n\nTwo samples, relabelled within a leaf."
    return f"{text}\n\n{table(['leaves x seeds', 'what dropped', 'fails', 'study', 'off by'], rows)}"


def _confirm(told: Sequence[Tally]) -> str:
    rows = []
    for tally in told:
        setting = tally.job.setting
        theirs = printed.CONFIRM[setting.groups, setting.n][setting.family] if tally.job.pattern != "none" else None
        rows.append(
            [
                f"{setting.groups} x {setting.n} + {FRESH} {setting.family}",
                tally.job.pattern,
                f"**{_share(tally)}**",
                "-" if theirs is None else f"{theirs:.2f}",
                "-" if theirs is None else _apart(off(tally.rate, tally.job.batches, theirs, 300)),
                f"{tally.cells / tally.job.batches:.0f} on {setting.groups * setting.n}",
            ]
        )
    text = prose(
        f"The worst tenth of the leaves (at least three) on {FRESH} fresh seeds, at {SECOND:g} after a first",
        f"stage at {FIRST:g}.",
        "One leaf drops by 0.5, or none.",
    )
    rows_of = table(["leaves x seeds", "what dropped", "fails", "study", "off by", "cells more"], rows)
    return f"## The confirm stage\n\n{text}\n\n{rows_of}"


def _looks(told: Sequence[Tally]) -> str:
    fixed = {tally.job.key: tally for tally in told if tally.job.how == "once"}
    rows = []
    for tally in told:
        if tally.job.how != "looks":
            continue
        theirs, seeds = printed.LOOKS[tally.job.setting.family, tally.job.pattern]
        rows.append(
            [
                tally.job.setting.family,
                tally.job.pattern,
                f"**{_share(tally)}**",
                _share(fixed[tally.job.key]),
                f"{tally.seeds / tally.job.batches:.1f}",
                f"{theirs:.2f}, {seeds:.1f}",
            ]
        )
    plan = ", ".join(f"{n} seeds at {alpha:g}" for n, alpha in LOOKS)
    text = prose(
        f"36 leaves; the whole gate after {plan}, and stop at the first that fails (no futility stop). The",
        "study's figures are of",
        "an older test.",
    )
    rows_of = table(["scores", "what dropped", "fails", "once, after 10", "seeds played", "study"], rows)
    return f"## Looks on the way\n\n{text}\n\n{rows_of}"


def _bars(told: Sequence[Tally], excess: float) -> Iterator[list[str]]:
    """What must hold, each as met or missed."""
    by = {(tally.job.section, tally.job.key, tally.job.how): tally for tally in told}
    level = [tally for tally in told if tally.job.section == "level"]
    if level:
        mean, most = float(np.mean([tally.rate for tally in level])), max(level, key=lambda tally: tally.rate)
        yield _bar("false alarms, mean over settings, at most 0.055", mean, mean <= 0.055)
        enough = most.job.batches >= 2000
        yield [
            "4 leaves x 2 seeds, all 256 labellings as data: level exceeded by 0",
            f"{excess:.3f}",
            "met" if excess <= 1e-9 else "**missed**",
        ]
        yield _bar("in each setting at most 0.065", most.rate, most.rate <= 0.065, "" if enough else "fewer than 2,000 batches")
    wanted = [
        ("power", 36, 5, "all 0.1", "once", (0.70, 0.99, 0.78)),
        ("power", 36, 5, "agent 0.2", "once", (0.60, 0.99, 0.75)),
        ("power", 12, 5, "leaf 0.5", "once", (None, 0.85, None)),
        ("power", 36, 5, "leaf 0.5", "once", (None, 0.85, None)),
        ("power", 12, 10, "leaf 0.5", "once", (None, 0.98, None)),
        ("power", 36, 10, "leaf 0.5", "once", (0.29, 0.98, None)),
        ("confirm", 36, 5, "leaf 0.5", "confirm", (0.38, 0.98, 0.44)),
    ]
    for section, groups, n, name, how, bars in wanted:
        for family, bar in zip(FAMILIES, bars, strict=True):
            if bar is not None and (tally := by.get((section, (family, groups, n, name), how))):
                more = f" + {FRESH} to confirm" if how == "confirm" else ""
                yield _bar(f"{name}: {groups} x {n}{more} {family}, at least {bar:.2f}", tally.rate, tally.rate >= bar)
    named = [tally for tally in told if tally.job.section == "control" and tally.job.pattern in ("agent 0.2", "leaf 0.5")]
    if named:
        most = max(named, key=lambda tally: tally.falsely / tally.job.batches)
        rate = most.falsely / most.job.batches
        yield _bar("a wrong name where one agent or one leaf dropped, at most 0.065", rate, rate <= 0.065)


def _bar(what: str, value: float, holds: bool, but: str = "") -> list[str]:
    return [what, f"{value:.3f}", ("met" if holds else "**missed**") + (f" ({but})" if but else "")]
