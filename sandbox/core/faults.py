"""Faults on request: what a client has to cope with, whenever a test or a lesson wants it.

The request header `X-Sandbox-Fault` asks for one, for example `rate; times=2; retry-after=1`. Only the sandbox has it.
"""

import math
from dataclasses import dataclass

from sandbox.core.assets import read_table
from sandbox.core.errors import ApiError, ConnectionLost, error_body
from sandbox.core.replies import Pieces, encode_event

HEADER = "x-sandbox-fault"
_MOST_SECONDS = 600
_FAULTS = read_table("faults")
FAULTS = {name: fault["what"] for name, fault in _FAULTS.items()}


@dataclass(frozen=True)
class Fault:
    """What the header asks for."""

    name: str  # one of `FAULTS`
    times: float = math.inf  # how many requests in a row fail before one succeeds
    retry_after: float | None = None  # the value of `Retry-After` in seconds
    seconds: float = 30.0  # how late a "timeout" comes

    def error(self) -> ApiError | None:
        """Return the error that the fault is, None if it is something else."""
        if "status" not in _FAULTS[self.name]:
            return None
        error = _error(self.name, f" (The header {HEADER} asked for this.)")
        if self.retry_after is not None:
            error.headers["retry-after"] = f"{self.retry_after:g}"
        return error

    def disturb(self, events: Pieces, hosting: str) -> Pieces:
        """Return what the fault makes of a body: comments between its pieces, or its first half and then a break.

        The break can be an error in the shape of the model's `hosting`, or the exception ConnectionLost.
        """
        if self.name == "comments":
            for delay, piece in events:
                yield delay, b":\n\n"
                yield 0.0, piece
            return
        pieces = list(events)
        yield from pieces[: len(pieces) // 2]
        if self.name == "error-in-stream":
            yield 0.0, encode_event(error_body(_error("unavailable"), hosting))
        elif self.name == "connection-lost":
            raise ConnectionLost


def _error(name: str, origin: str = "") -> ApiError:
    fault = _FAULTS[name]
    return ApiError(fault["status"], fault["message"] + origin, code=fault["code"])


def parse_fault(header: str, is_stream: bool) -> Fault:
    """Read the header. Raises ApiError (400) if the sandbox does not know it, or if the fault needs a stream."""
    name, *parts = (part.strip() for part in header.split(";"))
    if name not in FAULTS:
        raise _invalid(f"There is no fault {name!r}")
    values = {"retry_after": 1.0} if name == "rate" else {}
    for part in filter(None, parts):
        key, _, text = (piece.strip() for piece in part.partition("="))
        if key not in ("times", "retry-after", "seconds"):
            raise _invalid(f"There is no parameter {key!r}")
        values[key.replace("-", "_")] = _number(key, text)
    times = values.get("times", 0.0)
    if not times.is_integer():
        raise _invalid(f"times has to be a whole number, not {times:g}")
    if "needs_stream" in _FAULTS[name] and not is_stream:
        raise ApiError(400, f"The fault {name} needs a stream. Send stream=true.", code="invalid_fault")
    return Fault(name, **values)


def _number(key: str, text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0 <= value <= (_MOST_SECONDS if key == "seconds" else 1_000_000):
        most = f" and at most {_MOST_SECONDS}" if key == "seconds" else ""
        raise _invalid(f"{key} has to be a number of at least 0{most}, not {text!r}")
    return value


def _invalid(problem: str) -> ApiError:
    known = "; ".join(f"{name} ({what})" for name, what in FAULTS.items())
    message = f"{HEADER}: {problem}. An example: 'rate; times=2; retry-after=1'. There are: {known}."
    return ApiError(400, message, code="invalid_fault")
