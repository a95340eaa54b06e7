"""Settings for all tests, those in the notebooks included: pytest reads this file whichever test is asked for."""

import os
import re
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

STUBS = str(Path(__file__).with_name("tests") / "stubs")
sys.path.insert(0, STUBS)
from tools.run_notebooks import sandbox_environment  # noqa: E402

pytest_plugins = ["nbval.plugin"]

# The tests run against the sandbox. Kernels inherit this process's environment, so it is set before one starts.
environment = sandbox_environment()
# Hundreds of processes import the project, and would compile it each time.
environment.pop("PYTHONDONTWRITEBYTECODE", None)
environment["PYTHONPATH"] = STUBS
os.environ.clear()
os.environ.update(environment)


# What cannot run without a package that is not on every machine: the package, the tests, and what they would lack.
_NEEDS = (
    ("pocketsphinx", r"15_speech\.ipynb::|\btranscribe\b", "so the sandbox hears nothing"),
    ("langchain_openai", r"10_rag_langchain\.ipynb::", "which `make lab` and `make test` install"),
    ("llama_index", r"11_rag_llamaindex\.ipynb::", "which `make lab` and `make test` install"),
)


def pytest_xdist_auto_num_workers() -> int:
    """Start one worker more than there are cores: tests wait for kernels, programs, and a browser."""
    return (os.cpu_count() or 1) + 1


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip the tests that need a package which is missing."""
    for package, tests, why in _NEEDS:
        if find_spec(package):
            continue
        for item in items:
            if re.search(tests, item.nodeid):
                item.add_marker(pytest.mark.skip(reason=f"{package} is not installed, {why}"))


def pytest_configure(config: pytest.Config) -> None:
    """Name the sanitize file by its full path, so that pytest can be started from any folder."""
    config.option.nbval_sanitize_with = str(Path(__file__).with_name("tests") / "sanitize.cfg")
