"""A language model as an agent. Providers' own clients are imported when one of theirs is asked, not before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...model.door import door

if TYPE_CHECKING:
    from .agent import LLMAgent
    from .live import live

__all__ = ["LLMAgent", "live"]

_MODULES = {"agent": ("LLMAgent",), "live": ("live",)}

__getattr__ = door(__name__, _MODULES)
