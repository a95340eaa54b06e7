"""Settings for all tests, those in the notebooks included: pytest reads this file whichever test is asked for."""

import os
import re
from importlib.util import find_spec
from pathlib import Path

import pytest

from tools.run_notebooks import sandbox_environment

# The tests run against the sandbox. Kernels inherit this process's environment, so it is set before one starts.
environment = sandbox_environment()
os.environ.clear()
os.environ.update(environment)


_NEEDS_THE_RECOGNIZER = re.compile(r"15_speech\.ipynb::|\btranscribe\b")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what is compared with recognized speech where there is no recognizer: not every Python has a wheel of it."""
    if find_spec("pocketsphinx"):
        return
    for item in items:
        if _NEEDS_THE_RECOGNIZER.search(item.nodeid):
            item.add_marker(pytest.mark.skip(reason="PocketSphinx is not installed, so the sandbox hears nothing"))


def pytest_configure(config: pytest.Config) -> None:
    """Name the sanitize file by its full path, so that pytest can be started from any folder."""
    config.option.nbval_sanitize_with = str(Path(__file__).with_name("tests") / "sanitize.cfg")
