"""Settings for all tests, those in the notebooks included: pytest reads this file whichever test is asked for."""

import os
from pathlib import Path

import pytest

from helpers.service import IGNORE_DOTENV
from tools.run_notebooks import CREDENTIAL_VARIABLES

# The tests run against the sandbox. Kernels inherit this process's environment, so it is set before one starts.
for name in CREDENTIAL_VARIABLES:
    os.environ.pop(name, None)
os.environ[IGNORE_DOTENV] = "1"


def pytest_configure(config: pytest.Config) -> None:
    """Name the sanitize file by its full path, so that pytest can be started from any folder."""
    config.option.nbval_sanitize_with = str(Path(__file__).with_name("tests") / "sanitize.cfg")
