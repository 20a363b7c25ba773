"""Whether caps on a run can be held, said before anything is played: every call must have a worst case, known beforehand."""

from __future__ import annotations

from collections.abc import Iterator

from ...errors import Complaint, SpecError
from ...model import Caps, Plan
from ...play import Catalog


def check_worst_case(plan: Plan, catalog: Catalog, session: Caps) -> None:
    """Raises `SpecError` if a cap on money or tokens could only be noticed once it is exceeded.

    `session` are the caps that hold beside the battery's own. What an agent that is made by a function does is not known
    here: its cells then end `over_limit`.
    """
    if found := list(_complaints(plan, catalog, session)):
        raise SpecError(found)


def _complaints(plan: Plan, catalog: Catalog, session: Caps) -> Iterator[Complaint]:
    battery = plan.battery
    capped = [
        name for name in ("usd", "tokens") if getattr(battery.caps, name) is not None or getattr(session, name) is not None
    ]
    lacking = [name for name in capped if getattr(battery.limits, name) is None]
    if not lacking:
        return
    for name, kind in {cell.agent.name: cell.agent.kind for cell in plan.cells if not cell.agent.skip_reason}.items():
        made = catalog.agents[kind].factory if kind in catalog.agents else None
        if isinstance(made, type) and hasattr(made, "usage") and not hasattr(made, "attach"):
            keys = ", ".join(f"{each}: ..." for each in lacking)
            what = f"agent {name!r} says only afterwards what it took, so no cap on {' and '.join(lacking)} can be kept"
            hint = f"give its cells a worst case, `limits: {{per_cell: {{{keys}}}}}`, or let it take a meter: docs/extending.md"
            yield battery.complain(what, "agents", hint=hint)
