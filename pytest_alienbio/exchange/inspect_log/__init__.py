"""Inspect AI's logs, `.eval` and `.json`: written and read with the standard library, without `inspect_ai`."""

from .read import read_log
from .write import log_name, write_log

__all__ = ["log_name", "read_log", "write_log"]
