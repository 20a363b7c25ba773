"""YAML -> batteries and project settings, every complaint at once and each with its place."""

from .load import read_battery, read_project, read_source
from .project import ProjectConfig
from .reader import read

__all__ = ["ProjectConfig", "read", "read_battery", "read_project", "read_source"]
