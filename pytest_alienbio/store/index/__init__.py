"""The index: what the DATs hold, in one SQLite file beside them, so that questions need not read them all again."""

from .columns import COLUMNS, COLUMNS_OF_MODELS, MAPS, ORDERS
from .index import Index
from .leaves import LeafSum

__all__ = ["COLUMNS", "COLUMNS_OF_MODELS", "MAPS", "ORDERS", "Index", "LeafSum"]
