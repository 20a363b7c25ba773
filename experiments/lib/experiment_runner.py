"""Runs an experiment, from its folder: `python ../lib/experiment_runner.py config.yaml`, the same as `bio run config.yaml`."""

import sys

from pytest_alienbio import ExperimentRunner

__all__ = ["ExperimentRunner"]

if __name__ == "__main__":
    from pytest_alienbio.cli.main import main

    sys.exit(main(["run", *sys.argv[1:]]))
