"""Orders under which nothing would go with anything: each scenario's dots among themselves, or all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import permutations, product
from math import factorial, prod
from typing import TYPE_CHECKING

from ..model import PValue

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

EXACT = 50_000
"""Orders up to which all are counted."""
SHARE = 2_000_000
"""Places held at a time: 16 MB."""
SLACK = 1e-9


def shuffled(
    statistic: Callable[[Ints], Floats], observed: float, blocks: Sequence[int], *, draws: int, seed: int, what: str
) -> PValue:
    """How often an order of the units gives a `statistic` at least as far from zero as `observed`.

    `blocks`: of each unit, its block, ascending; units change places within their block only. `statistic` takes orders,
    shape (some, units), and gives a number each. All orders are counted up to 50,000, else `draws` random ones are taken,
    `p = (1 + #) / (draws + 1)`. Pitman (1937), Suppl. J. R. Stat. Soc. 4, 225-232.
    """
    import numpy as np

    sizes = np.bincount(np.asarray(blocks)).tolist()
    units, ways = len(blocks), prod(map(factorial, sizes))
    count, seen, least = 0, 0, abs(observed) - SLACK
    for orders in _all(sizes) if ways <= EXACT else _drawn(sizes, draws, seed):
        count += int(np.count_nonzero(np.abs(statistic(orders)) >= least))
        seen += len(orders)
    within = " within scenarios" if len(sizes) > 1 else ""
    if ways <= EXACT:
        return PValue(count / seen, f"{what}{within}, all {ways:,} orders", units, 1.0 / ways)
    floor = 1 / (draws + 1)
    return PValue((1 + count) / (draws + 1), f"{what}{within}, {draws:,} draws", units, floor, draws=draws, seed=seed)


def _all(sizes: Sequence[int]) -> Iterator[Ints]:
    import numpy as np

    starts = np.cumsum([0, *sizes])[:-1].tolist()
    inside = [list(permutations(range(start, start + n))) for start, n in zip(starts, sizes, strict=True)]
    yield np.array([[at for block in whole for at in block] for whole in product(*inside)], dtype=np.int64)


def _drawn(sizes: Sequence[int], draws: int, seed: int) -> Iterator[Ints]:
    import numpy as np

    rng, blocks = np.random.default_rng(seed), np.repeat(np.arange(len(sizes)), sizes)
    step = max(1, SHARE // len(blocks))
    for start in range(0, draws, step):
        # Blocks keep their places, since their keys lie between whole numbers.
        keys = rng.random((min(step, draws - start), len(blocks))) + blocks
        yield np.argsort(keys, axis=1)
