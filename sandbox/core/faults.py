"""Faults on request: what a client has to cope with, whenever a test or a lesson wants it.

The request header `X-Sandbox-Fault` asks for one, for example `rate; times=2; retry-after=1`. Only the sandbox has it.
"""

import math
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from sandbox.core.errors import ApiError, ConnectionLost, error_body

HEADER = "x-sandbox-fault"
_MOST_SECONDS = 600
_REMEMBERED = 1024

ERRORS = {
    "rate": (429, "rate_limit_exceeded", "Too many requests for this key and model. Wait and try again."),
    "budget": (
        429,
        "budget_exceeded",
        "The monthly budget limit of this key is reached. Trying again does not help; ask for a higher budget.",
    ),
    "unavailable": (503, "model_unavailable", "The model is temporarily unavailable. Try again later."),
}
STREAM_FAULTS = ("broken-stream", "error-in-stream", "comments")
FAULTS = {
    "rate": "429 with `Retry-After` (`retry-after=SECONDS`, 1 if not given)",
    "budget": "429 because of the monthly budget, without `Retry-After` unless given",
    "unavailable": "503, with `Retry-After` if given",
    "timeout": "the answer comes late (`seconds=SECONDS`, 30 if not given)",
    "broken-stream": "the stream ends in the middle as if it were complete, without `finish_reason`",
    "error-in-stream": "the stream ends in the middle with an error object",
    "comments": "the stream has comment lines between the chunks, as servers send them to keep it alive",
    "connection-lost": "the connection breaks off in the middle of the answer",
}


@dataclass(frozen=True)
class Fault:
    """What the header asks for.

    Attributes:
        name: one of `FAULTS`.
        times: how many requests in a row fail before one succeeds, None if all do.
        retry_after: the value of `Retry-After` in seconds, None for none.
        seconds: how late a "timeout" comes.
    """

    name: str
    times: int | None = None
    retry_after: float | None = None
    seconds: float = 30.0

    def error(self) -> ApiError | None:
        """Return the error that the fault is, None if it is something else."""
        if self.name not in ERRORS:
            return None
        status, code, message = ERRORS[self.name]
        headers = {} if self.retry_after is None else {"retry-after": f"{self.retry_after:g}"}
        return ApiError(status, f"{message} (The header {HEADER} asked for this.)", code=code, headers=headers)

    def disturb(
        self, events: Iterable[tuple[float, bytes]], encode: Callable[[dict], bytes], hosting: str
    ) -> Iterator[tuple[float, bytes]]:
        """Return what the fault makes of a body: comments between its pieces, or its first half and then a break.

        Args:
            events: the pieces of the whole body.
            encode: turns a JSON object into an event of the stream.
            hosting: the hosting of the model, which decides the shape of an error.

        Raises:
            ConnectionLost: after the first half, if the fault is "connection-lost".
        """
        if self.name == "comments":
            for delay, piece in events:
                yield delay, b":\n\n"
                yield 0.0, piece
            return
        pieces = list(events)
        yield from pieces[: len(pieces) // 2]
        if self.name == "error-in-stream":
            status, code, message = ERRORS["unavailable"]
            yield 0.0, encode(error_body(ApiError(status, message, code=code), hosting))
        elif self.name == "connection-lost":
            raise ConnectionLost


def parse_fault(header: str) -> Fault:
    """Read the header: a name of `FAULTS`, then `times`, `retry-after`, `seconds`, separated by semicolons.

    Raises:
        ApiError: 400 with what the sandbox knows, if it does not know this.
    """
    name, *parts = (part.strip() for part in header.split(";"))
    if name not in FAULTS:
        raise _invalid(f"There is no fault {name!r}")
    values: dict[str, float] = {}
    for part in filter(None, parts):
        key, _, text = (piece.strip() for piece in part.partition("="))
        if key not in ("times", "retry-after", "seconds"):
            raise _invalid(f"There is no parameter {key!r}")
        values[key] = _number(key, text)
    times = values.get("times")
    if times is not None and not times.is_integer():
        raise _invalid(f"times has to be a whole number, not {times:g}")
    retry_after = values.get("retry-after", 1.0 if name == "rate" else None)
    return Fault(name, None if times is None else int(times), retry_after, values.get("seconds", 30.0))


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


class FaultCounter:
    """Counts how often the same request has failed on request, so that `times` can end."""

    def __init__(self) -> None:
        self._failures: OrderedDict[tuple[str, str], int] = OrderedDict()

    def is_due(self, fault: Fault, header: str, digest: str) -> bool:
        """Tell whether the request with this digest fails this time, and count it.

        After `times` failures one request succeeds; then the count begins again.
        """
        if fault.times is None:
            return True
        failures = self._failures.pop((header, digest), 0)
        if failures >= fault.times:
            return False
        self._failures[header, digest] = failures + 1
        if len(self._failures) > _REMEMBERED:
            self._failures.popitem(last=False)
        return True
