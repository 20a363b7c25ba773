"""Numbers as reports and charts spell them. Missing is `-`, and rounding never says more than the number does."""

from __future__ import annotations

from collections.abc import Iterable

from .estimate import Interval

MISSING = "-"


def score(value: float | None, least: int = 2) -> str:
    """Two decimals, or `least`; up to four below 0.01, where two say little; tiny or huge values in scientific form."""
    if value is None:
        return MISSING
    size = abs(value)
    if size >= 1e5 or 0 < size < 1e-4:
        return f"{value:.1e}"
    digits = max(least, 2 if size == 0 or size >= 0.01 else 3 if size >= 0.001 else 4)
    return f"{value + 0.0:.{digits}f}"


def spread(mean: float | None, std: float | None) -> str:
    """`0.83 ± 0.12`; without a standard deviation (n = 1) the mean alone; `± 0` only if all scores are equal."""
    if mean is None or std is None:
        return score(mean)
    return f"{score(mean)} ± {'0' if std == 0 else '<0.01' if std < 0.005 else score(std)}"


def measure(mean: float, std: float | None) -> str:
    """A metric of whatever size, `12,345 ± 830`: whole from a thousand on, else in some three digits."""
    return _sized(mean) if std is None else f"{_sized(mean)} ± {_sized(std)}"


def _sized(value: float) -> str:
    size = abs(value)
    if size >= 1e12 or 0 < size < 1e-4:
        return f"{value:.2e}"
    if size >= 1000 or value == int(value):
        return f"{value + 0.0:,.0f}"
    return f"{value:.1f}" if size >= 100 else f"{value:.2f}" if size >= 1 else f"{value:.3g}"


def percent(rate: float | None) -> str:
    """`80%`; `100%` and `0%` only if it is exactly all or none."""
    if rate is None:
        return MISSING
    text = f"{100 * rate:.0f}%"
    if text == "100%" and rate < 1:
        return ">99%"
    return "<1%" if text == "0%" and rate > 0 else text


def percent_interval(interval: Interval) -> str:
    """`[49, 94]`, in percent."""
    return f"[{100 * interval.low:.0f}, {100 * interval.high:.0f}]"


def score_interval(interval: Interval, least: int = 2) -> str:
    """`[0.62, 0.71]`."""
    return f"[{score(interval.low, least)}, {score(interval.high, least)}]"


def decimals(intervals: Iterable[Interval | None]) -> int:
    """How many decimals of a mean its interval warrants, for a whole column: two, three if one is narrower than 0.02."""
    return 3 if any(each is not None and 0 < each.high - each.low < 0.02 for each in intervals) else 2


def against(value: float | None, bar: float | None) -> str:
    """`score 0.31, bar 0.60`, in as many digits as tell the two apart."""
    if value is None or bar is None:
        return f"score {score(value)}"
    for digits in range(2, 17):
        shown, wanted = f"{value:.{digits}f}", f"{bar:.{digits}f}"
        if shown != wanted and max(abs(value), abs(bar)) < 1e5:
            return f"score {shown}, bar {wanted}"
    return f"score {score(value)}, bar {score(bar)}"


def many(count: int, what: str) -> str:
    """`1 cell`, `1,200 cells`."""
    return f"{count:,} {what}" if count == 1 else f"{count:,} {what}s"


def mean(value: float | None) -> str:
    """Three decimals, for means of many cells; `1.000` and `0.000` only if it is exactly that."""
    if value is None:
        return MISSING
    text = f"{value + 0.0:.3f}"
    return f"{value:.6g}" if text in ("1.000", "0.000") and value != float(text) else text


def hundredths(value: float | None) -> str:
    """Two decimals for scores from 0 to 1; `1.00` and `0.00` only if it is exactly that, else `>0.99` and `<0.01`."""
    if value is None:
        return MISSING
    text = f"{value + 0.0:.2f}"
    return {"0.00": "<0.01", "1.00": ">0.99", "-0.00": "<0.00"}.get(text, text) if value not in (0.0, 1.0) else text


def p_value(p: float | None) -> str:
    """`0.012`, or `3e-132` where three decimals say too little."""
    if p is None:
        return MISSING
    if p == 0.0:
        return "<1e-300"
    if p >= 0.0005:
        return f"{p:.3f}"
    mantissa, _, exponent = f"{p:.0e}".partition("e")
    return f"{mantissa}e{int(exponent)}"


def usd(value: float | None) -> str:
    """Money: cents, more digits where they are all there is: `12.30`, `0.0041`, `0`."""
    if value is None:
        return MISSING
    if value == 0:
        return "0"
    return f"{value:,.2f}" if abs(value) >= 0.1 else f"{value:#.2g}" if abs(value) >= 1e-4 else f"{value:.1e}"


def amount(value: float | None) -> str:
    """Tokens, requests: whole numbers, halves where a median is one."""
    if value is None:
        return MISSING
    return f"{value:,.0f}" if value == int(value) or abs(value) >= 100 else f"{value:,.1f}"


def signed(value: float | None, *, sized: bool = False) -> str:
    """`+0.012`, of a metric `+1,230`; `0.00` without a sign."""
    if value is None:
        return MISSING
    text = measure(abs(value), None) if sized else score(abs(value))
    return text if value == 0 else f"{'+' if value > 0 else '-'}{text}"


def ends(interval: Interval | None, *, sized: bool = False) -> str:
    """`[0.62, 0.71]`, of a metric `[1,200, 1,260]`."""
    if interval is None:
        return MISSING
    low, high = (measure(end, None) if sized else score(end) for end in (interval.low, interval.high))
    return f"[{low}, {high}]"
