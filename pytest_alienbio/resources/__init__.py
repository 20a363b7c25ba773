"""What workers share: the cache of generated instances."""

from .cache import FileCache

__all__ = ["FileCache"]
