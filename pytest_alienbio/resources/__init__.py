"""What workers share: the cache of generated instances."""

from .cache import FileCache
from .timed import TimedCache

__all__ = ["FileCache", "TimedCache"]
