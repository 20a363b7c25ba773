"""What of this machine and this environment would get in the way, before it does. Reads; what it tries, it removes."""

from .examine import examine
from .symptom import Symptom

__all__ = ["Symptom", "examine"]
