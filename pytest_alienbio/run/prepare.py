"""From a settled battery to what is played: the files it names are read, and its cells fixed."""

from __future__ import annotations

from ..errors import SpecError
from ..model import Battery, Plan
from ..play import Catalog
from .catalog import with_named_files
from .gates.rules import undirected
from .plan import plan
from .project import Project
from .tasks import with_tasks


def prepare(battery: Battery, project: Project, catalog: Catalog) -> tuple[Plan, Catalog]:
    """The plan of `battery`, and `catalog` with the scenario files, players and tasks that it brings along.

    Settings are applied before (`Settings.apply`). Raises `SpecError` with every complaint.
    """
    battery, catalog = with_named_files(battery, catalog, project.sets)
    catalog = with_tasks(battery, catalog, project.root)
    planned = plan(battery, catalog, project.profiles, project.sets)
    if complaints := tuple(undirected(planned)):
        raise SpecError(complaints)
    return planned, catalog
