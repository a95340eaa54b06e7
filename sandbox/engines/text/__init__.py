"""Text: answers from what the request says, else from a small body of facts (see `answering` for the rule)."""

from sandbox.engines.text.answering import NOT_SAID, NOTHING, answer
from sandbox.engines.text.continuing import continue_text

__all__ = ["NOTHING", "NOT_SAID", "answer", "continue_text"]
