"""Function calling: choose the calls for a request (see `choosing`), and answer from their results (see `results`)."""

from sandbox.engines.tools.choosing import Decision, ToolCall, decide
from sandbox.engines.tools.results import answer_from_results

__all__ = ["Decision", "ToolCall", "answer_from_results", "decide"]
