"""Settings for all tests, those in the notebooks included: pytest reads this file whichever test is asked for."""

import os
from pathlib import Path

import pytest

from tools.run_notebooks import sandbox_environment

# The tests run against the sandbox. Kernels inherit this process's environment, so it is set before one starts.
environment = sandbox_environment()
os.environ.clear()
os.environ.update(environment)


def pytest_configure(config: pytest.Config) -> None:
    """Name the sanitize file by its full path, so that pytest can be started from any folder."""
    config.option.nbval_sanitize_with = str(Path(__file__).with_name("tests") / "sanitize.cfg")
