"""From a settled battery to what is played: the files it names are read, and its cells fixed."""

from __future__ import annotations

from collections.abc import Mapping

from ..errors import SpecError
from ..model import Battery, Plan
from ..play import Catalog
from .catalog import with_named_files
from .gates.rules import undirected
from .models import with_engine
from .plan import plan
from .profiles import Market
from .project import Project
from .prompts import with_prompts
from .tasks import with_tasks


def prepare(
    battery: Battery, project: Project, catalog: Catalog, rates: Mapping[str, str] | None = None
) -> tuple[Plan, Catalog]:
    """The plan of `battery`, and `catalog` with the scenario files, players and tasks that it brings along.

    Language models play on threads unless somebody said who plays, on no more than `rates` (of `Settings`) can feed.

    Settings are applied before (`Settings.apply`). Raises `SpecError` with every complaint.
    """
    battery, catalog = with_named_files(battery, catalog, project.sets)
    catalog = with_tasks(battery, catalog, project.root)
    battery, profiles = with_prompts(battery, project.profiles, project.profile_files, project.root)
    planned = plan(battery, catalog, profiles, project.sets, Market(project.prices, project.providers))
    planned = with_engine(planned, catalog, rates or {})
    if complaints := tuple(undirected(planned)):
        raise SpecError(complaints)
    return planned, catalog
