"""Exact running sums of scores."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import isfinite


class Moments:
    """Count, mean and variance of finite floats seen one by one, kept as exact integers.

    Every float is an integer over a power of two, so both sums are exact: the answers are correctly rounded and do not
    depend on the order in which results arrived (serial, xdist and resumed runs rank alike, ties stay ties).
    """

    __slots__ = ("_shift", "_square", "_total", "n")

    def __init__(self) -> None:
        self.n = 0
        self._shift = 0
        """The sums are `_total / 2**_shift` and `_square / 4**_shift`."""
        self._total = 0
        self._square = 0

    def add(self, value: float) -> None:
        """Takes one value in. Raises `ValueError` for NaN and infinities: they are errors, not data."""
        if not isfinite(value):
            raise ValueError(f"a score must be a finite number, got {value!r}")
        numerator, denominator = value.as_integer_ratio()
        shift = denominator.bit_length() - 1
        if shift > self._shift:
            self._total <<= shift - self._shift
            self._square <<= 2 * (shift - self._shift)
            self._shift = shift
        else:
            numerator <<= self._shift - shift
        self.n += 1
        self._total += numerator
        self._square += numerator * numerator

    @classmethod
    def of(cls, values: Iterable[float]) -> Moments:
        """Those of all `values`, as if added one by one, in less time. Raises as `add`."""
        found, values = cls(), list(values)
        if wrong := next((value for value in values if not isfinite(value)), None):
            found.add(wrong)  # which says what is wrong
        ratios = [value.as_integer_ratio() for value in values]
        found._shift = shift = max((bottom for _, bottom in ratios), default=1).bit_length() - 1
        tops = [top << shift - bottom.bit_length() + 1 for top, bottom in ratios]
        found.n, found._total, found._square = len(tops), sum(tops), sum(top * top for top in tops)
        return found

    @property
    def mean(self) -> float | None:
        """The mean, correctly rounded; None if nothing was added."""
        return self._total / (self.n << self._shift) if self.n else None

    @property
    def variance(self) -> float | None:
        """Sample variance (ddof = 1), correctly rounded; None for n < 2, or if it is too large for a float."""
        if self.n < 2:
            return None
        spread = self.n * self._square - self._total * self._total
        try:
            return spread / ((self.n * (self.n - 1)) << (2 * self._shift))
        except OverflowError:
            return None


def cluster_variance(clusters: Sequence[Sequence[float]]) -> float | None:
    """The variance (ddof = 1) that `C` units would need for their mean to be as sure as that of all values in `C` clusters.

    Cluster-robust, CR1: `var(mean) = C/(C-1) * sum_c (sum_{i in c} (x_i - mean))^2 / N^2`, times `C`; with one value a
    cluster the sample variance. Correctly rounded, whatever the order. None for fewer than two clusters, or if too large.
    """
    count, size = len(clusters), sum(map(len, clusters))
    if count < 2:
        return None
    ratios = [[value.as_integer_ratio() for value in cluster] for cluster in clusters]
    shift = max(denominator for cluster in ratios for _, denominator in cluster).bit_length() - 1
    sums = [sum((top << shift) // bottom for top, bottom in cluster) for cluster in ratios]
    total = sum(sums)
    squares = sum((each * size - len(cluster) * total) ** 2 for each, cluster in zip(sums, clusters, strict=True))
    try:
        return squares * count**2 / (((count - 1) * size**4) << (2 * shift))
    except OverflowError:
        return None
