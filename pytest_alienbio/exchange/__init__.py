"""Results in other people's files: out and in. Reads and writes nothing but what it is handed."""

from .cells import Cells
from .columns import Columns
from .export import Exported, export, export_to
from .formats import EXPORTERS, IMPORTERS, Exporter, Importer, exporter, importer
from .landing import Imported, import_files
from .problems import Problems
from .tracking import Tracking

__all__ = [
    "EXPORTERS",
    "IMPORTERS",
    "Cells",
    "Columns",
    "Exported",
    "Exporter",
    "Imported",
    "Importer",
    "Problems",
    "Tracking",
    "export",
    "export_to",
    "exporter",
    "import_files",
    "importer",
]
