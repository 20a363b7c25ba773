"""A language model as an agent. Providers' own clients are imported when one of theirs is asked, not before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...model.door import door

if TYPE_CHECKING:
    from .agent import LLMAgent
    from .framework import FrameworkAgent
    from .live import live
    from .metered import Metered

__all__ = ["FrameworkAgent", "LLMAgent", "Metered", "live"]

_MODULES = {"agent": ("LLMAgent",), "framework": ("FrameworkAgent",), "live": ("live",), "metered": ("Metered",)}

__getattr__ = door(__name__, _MODULES)
