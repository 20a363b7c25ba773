"""The commit that lowered a score: found by playing some of those between a good and a bad one."""

from .bisecting import Bisecting
from .git import Repository
from .inputs import checked_paths
from .probe import Play
from .question import Question

__all__ = ["Bisecting", "Play", "Question", "Repository", "checked_paths"]
