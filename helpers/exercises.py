"""The check under an exercise: says "not yet" or "done" and never raises."""

from collections.abc import Callable


def check(goal: str, test: Callable[[], object], answer: object = None) -> None:
    """Print whether the goal of an exercise is reached.

    Args:
        goal: what has to be true, such as "the answer ends with a stop".
        test: returns something true when the goal is reached. If it raises, the goal counts as not reached, because a
            variable of the exercise still has its starting value.
        answer: the chat completion that the exercise is about. If the sandbox marks it as a question that it cannot
            answer, that is no fault of the reader's, and the line says so.
    """
    if getattr(answer, "system_fingerprint", None) == "sandbox-unanswered":
        print(f"Not yet: {goal}. Your request is fine, but the sandbox cannot answer this question. Try another one.")
        return
    try:
        reached = bool(test())
    except Exception as error:
        # A starting value of None is nothing to explain.
        reason = "" if "NoneType" in str(error) else f" ({type(error).__name__}: {error})"
        print(f"Not yet: {goal}{reason}.")
        return
    print(f"{'Done' if reached else 'Not yet'}: {goal}.")
