"""Rate limits: requests and tokens a minute, counted for each model.

The rule: a minute begins with the first request after the last minute has ended. Tokens of the input and of the output
count. Within the minute the counts only grow; a request that would pass a limit is refused and does not count.
"""

import math
from dataclasses import dataclass

from sandbox.core.errors import ApiError

_MINUTE = 60.0


@dataclass
class _Window:
    start: float
    requests: int = 0
    tokens: int = 0

    def seconds_left(self, now: float) -> int:
        return max(1, math.ceil(self.start + _MINUTE - now))


class RateLimits:
    """The limits of one key: the most requests and the most tokens to and from one model in a minute."""

    def __init__(self, requests_per_minute: int, tokens_per_minute: int):
        self._most_requests = requests_per_minute
        self._most_tokens = tokens_per_minute
        self._windows: dict[str, _Window] = {}

    def count(self, model: str, tokens: int, now: float) -> None:
        """Count a request before its answer is sent, with its tokens of input and output and the time in seconds.

        Raises:
            ApiError: 429 with `Retry-After` if the request would pass a limit.
        """
        window = self._window(model, now)
        if tokens > self._most_tokens:
            message = f"The request has {tokens:,} tokens, {model} takes {self._most_tokens:,} a minute. Shorten it."
            raise ApiError(429, message, code="rate_limit_exceeded")
        for used, most, unit in (
            (window.requests + 1, self._most_requests, "requests"),
            (window.tokens + tokens, self._most_tokens, "tokens"),
        ):
            if used > most:
                seconds = window.seconds_left(now)
                message = f"Rate limit reached for {model}: {most:,} {unit} a minute. Try again in {seconds} seconds."
                raise ApiError(429, message, code="rate_limit_exceeded", headers={"retry-after": str(seconds)})
        window.requests += 1
        window.tokens += tokens

    def headers(self, model: str, now: float) -> dict[str, str]:
        """Return the headers that tell what is left of the minute."""
        window = self._window(model, now)
        reset = f"{window.seconds_left(now)}s"
        return {
            "x-ratelimit-limit-requests": str(self._most_requests),
            "x-ratelimit-limit-tokens": str(self._most_tokens),
            "x-ratelimit-remaining-requests": str(self._most_requests - window.requests),
            "x-ratelimit-remaining-tokens": str(self._most_tokens - window.tokens),
            "x-ratelimit-reset-requests": reset,
            "x-ratelimit-reset-tokens": reset,
        }

    def _window(self, model: str, now: float) -> _Window:
        window = self._windows.get(model)
        # A clock that was set back starts a new minute, too.
        if window is None or not 0 <= now - window.start < _MINUTE:
            window = self._windows[model] = _Window(now)
        return window
