"""The check under an exercise: says "not yet" or "done" and never raises."""

from collections.abc import Callable


def check(goal: str, test: Callable[[], object]) -> None:
    """Print whether the goal of an exercise is reached.

    Args:
        goal: what has to be true, such as "the answer ends with a stop".
        test: returns something true when the goal is reached. If it raises, the goal counts as not reached, because a
            variable of the exercise still has its starting value.
    """
    try:
        reached = bool(test())
    except Exception as error:
        print(f"Not yet: {goal} ({type(error).__name__}: {error}).")
        return
    print(f"{'Done' if reached else 'Not yet'}: {goal}.")
