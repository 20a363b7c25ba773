"""A DAT in one file: made to be handed on, and unpacked on another machine. Nothing in it is trusted."""

from .limits import Limits
from .manifest import is_archive
from .restoring import Restored, restore
from .sharing import Shared, share

__all__ = ["Limits", "Restored", "Shared", "is_archive", "restore", "share"]
