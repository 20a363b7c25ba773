"""A language model as an agent. Providers' own clients are imported when one of theirs is asked, not before."""

from .agent import LLMAgent
from .live import live

__all__ = ["LLMAgent", "live"]
