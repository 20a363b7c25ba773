"""What happened in a cell, step by step, as data for a page: `data` says its shape."""

from .data import trace_data
from .texts import Texts

__all__ = ["Texts", "trace_data"]
