"""Analyzes and compares experiments, for notebooks in their folders: `sys.path.append("../lib")`, then import it from here."""

from pytest_alienbio import ExperimentAnalyzer, compare_experiments

__all__ = ["ExperimentAnalyzer", "compare_experiments"]
