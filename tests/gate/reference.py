"""The gate's test once more, in plain Python from its formulas: slow, and it shares no line with the package."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations, product
from math import cosh, exp, inf, log, sqrt
from statistics import fmean, variance

Name = tuple[str, str]
Group = tuple[str, str]
"""Agent and scenario, '' for any: ('', '') is the battery, ('a', '') an agent, ('', 's') a scenario."""
Side = Sequence[float]
Leaves = dict[Name, tuple[Side, Side, bool]]
"""By agent and scenario: numbers of the baseline, of the new run (higher is better), and whether they pair."""

SHARES = {"overall": 0.48, "agent": 0.37, "scenario": 0.10, "leaf": 0.15}
KINDS = list(SHARES)


def relabellings(base: Side, new: Side, paired: bool) -> Iterator[tuple[list[float], list[float]]]:
    """Every way to deal the numbers of one leaf to the two sides; each is as likely as any other if nothing changed."""
    if paired:
        for swaps in product((False, True), repeat=len(base)):
            yield (
                [x if swap else b for b, x, swap in zip(base, new, swaps, strict=True)],
                [b if swap else x for b, x, swap in zip(base, new, swaps, strict=True)],
            )
        return
    runs = [*new, *base]
    for chosen in combinations(range(len(runs)), len(new)):
        yield [run for at, run in enumerate(runs) if at not in chosen], [runs[at] for at in chosen]


def kind(group: Group) -> str:
    agent, scenario = group
    return "leaf" if agent and scenario else "agent" if agent else "scenario" if scenario else "overall"


def groups(names: Sequence[Name]) -> list[Group]:
    agents, scenarios = sorted({a for a, _ in names}), sorted({s for _, s in names})
    found: list[Group] = [("", "")] if len(agents) > 1 else []
    found += [(a, "") for a in agents if sum(a == b for b, _ in names) > 1]
    found += [("", s) for s in scenarios if 1 < sum(s == t for _, t in names) < len(names)]
    return found + sorted(names)


def inside(name: Name, group: Group) -> bool:
    return all(part in ("", own) for part, own in zip(group, name, strict=True))


def moderated(own: dict[Name, float], df: dict[Name, float], kappa: dict[Name, float], t: dict[Name, float],
              h: dict[Name, float]) -> dict[Name, float]:  # fmt: skip
    t0 = fmean(t.values())
    told = [g for g in own if df[g] > 0]
    total = sum(own[g] for g in told)
    found = {}
    for g in own:
        brought = own[g] * sum(t[k] for k in told) / total if df[g] > 0 and total > 0 else t0
        found[g] = (df[g] * brought + kappa[g] * t0) / ((df[g] + kappa[g]) * h[g])
    return found


def judged(leaves: Leaves, tol: float = 0.0) -> dict[Group, tuple[float, float]]:
    """The adjusted p and the observed score of every node, all relabellings counted."""
    shifted = {g: (list(b), [value + tol for value in x], paired) for g, (b, x, paired) in leaves.items()}
    variance_of, h, t, u, df, s2, s_df, kappa = {}, {}, {}, {}, {}, {}, {}, {}
    for g, (b, x, paired) in shifted.items():
        n_base, n = len(b), len(x)
        runs = [*b, *x]
        s2[g] = variance(runs)
        s_df[g] = len(runs) - 1.0
        if paired:
            variance_of[g] = sum((one - other) ** 2 for one, other in zip(b, x, strict=True)) / n**2
            h[g] = float(n)
            u[g] = variance([one + other for one, other in zip(b, x, strict=True)]) if n > 1 else 0.0
            df[g], kappa[g] = n - 1.0, 10.0
        else:
            variance_of[g] = s2[g] * (n + n_base) / (n * n_base)
            h[g] = 2 * n_base * n / (n_base + n)
            u[g], df[g], kappa[g] = 2 * s2[g], n + n_base - 2.0, 40.0
        variance_of[g] = 0.0 if variance_of[g] < 1e-24 else variance_of[g]
        u[g] = 0.0 if u[g] < 1e-24 else u[g]
        t[g] = h[g] * variance_of[g]
    nodes = groups(list(leaves))
    if not any(variance_of.values()):
        return dict.fromkeys(nodes, (1.0, -inf))
    noise = moderated(u, df, kappa, t, h)
    weight = {g: 1 / w for g, w in moderated(s2, s_df, dict.fromkeys(leaves, 10.0), t, h).items()}
    present = {kind(node) for node in nodes}
    share = {k: SHARES[k] / sum(SHARES[j] for j in present) / sum(kind(node) == k for node in nodes) for k in present}

    def own(node: Group, drop: dict[Name, float]) -> float:
        mine = [g for g in leaves if inside(g, node)]
        if not any(variance_of[g] for g in mine):
            return -inf
        if kind(node) == "leaf":
            c = 3.5 / sqrt(noise[node])
            cumulant = 6.125
            b, x, paired = shifted[node]
            if paired:
                cumulant = sum(log(cosh(c * (one - other) / len(x))) for one, other in zip(b, x, strict=True))
            return log(share["leaf"]) + c * drop[node] - 6.125 - 0.3 * (cumulant - 6.125)
        z = sum(weight[g] * drop[g] for g in mine) / sqrt(sum(weight[g] ** 2 * variance_of[g] for g in mine))
        return log(share[kind(node)]) + 2 * z - 2

    def scores(drop: dict[Name, float]) -> dict[Group, float]:
        each = {node: own(node, drop) for node in nodes}
        found = {}
        for node in nodes:
            below = [k for k in nodes if kind(k) == "leaf" and inside(k, node)]
            parts = nodes if kind(node) == "overall" else [node] if kind(node) == "leaf" else [node, *below]
            total = sum(exp(each[k]) for k in parts)
            found[node] = log(total) if total else -inf
        return found

    dealt = {g: [fmean(b) - fmean(x) if variance_of[g] else 0.0 for b, x in relabellings(*shifted[g])] for g in shifted}
    observed = scores({g: fmean(b) - fmean(x) if variance_of[g] else 0.0 for g, (b, x, _) in shifted.items()})
    columns = [scores(dict(zip(dealt, drops, strict=True))) for drops in product(*dealt.values())]
    slack = {node: 1e-9 * max(1.0, abs(score)) if score > -inf else 0.0 for node, score in observed.items()}
    order = sorted(nodes, key=lambda node: (-observed[node], KINDS.index(kind(node)), node))
    found: dict[Group, tuple[float, float]] = {}
    highest = 0.0
    for at, node in enumerate(order):
        weaker = order[at:]
        least = observed[node] - slack[node]
        highest = max(highest, sum(max(column[k] for k in weaker) >= least for column in columns) / len(columns))
        found[node] = highest, observed[node]
    return found
