"""Waiting on a machine of any speed: for a condition, not for a number of seconds.

There is one limit, for a whole test, in `conftest.py`. It only ends a hang.
"""

import time
from collections.abc import Callable


def wait_for(condition: Callable[[], object]) -> None:
    """Return once the condition, which is asked again and again, gives something true."""
    while not condition():
        time.sleep(0.005)
