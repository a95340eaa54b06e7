"""Rate limits: requests and tokens a minute, counted for each model.

The rule: a minute begins with the first request after the last minute has ended. Tokens of the input and of the output
count. Within the minute the counts only grow; a request that would pass a limit is refused and does not count.
"""

import math
from collections import Counter
from dataclasses import dataclass, field

from sandbox.catalogue import Model
from sandbox.core.errors import ApiError

_MINUTE = 60.0


@dataclass
class _Window:
    start: float
    used: Counter[str] = field(default_factory=Counter)

    def seconds_left(self, now: float) -> int:
        return max(1, math.ceil(self.start + _MINUTE - now))


class RateLimits:
    """The limits of one key: the most requests and the most tokens to and from one model in a minute."""

    def __init__(self, requests_per_minute: int, tokens_per_minute: int):
        self._most = {"requests": requests_per_minute, "tokens": tokens_per_minute}
        self._windows: dict[str, _Window] = {}

    def count(self, model: Model, tokens: int, now: float) -> dict[str, str]:
        """Count a request before its answer is sent, with its tokens of input and output and the time in seconds.

        Returns the headers that tell what is left of the minute, which only models on Azure have. Raises ApiError (429)
        if the request would pass a limit, with `Retry-After` unless waiting does not help.
        """
        window = self._window(model.id, now)
        if tokens > (most := self._most["tokens"]):
            message = f"The request has {tokens:,} tokens, {model.id} takes {most:,} a minute. Shorten it."
            raise ApiError(429, message, code="rate_limit_exceeded", headers=self._headers(model, window, now))
        used = window.used + Counter(requests=1, tokens=tokens)
        for unit, most in self._most.items():
            if used[unit] > most:
                wait = window.seconds_left(now)
                message = f"Rate limit reached for {model.id}: {most:,} {unit} a minute. Try again in {wait} seconds."
                headers = {"retry-after": str(wait)} | self._headers(model, window, now)
                raise ApiError(429, message, code="rate_limit_exceeded", headers=headers)
        window.used = used
        return self._headers(model, window, now)

    def _headers(self, model: Model, window: _Window, now: float) -> dict[str, str]:
        if model.hosting != "azure":
            return {}
        return (
            {f"x-ratelimit-limit-{unit}": str(most) for unit, most in self._most.items()}
            | {f"x-ratelimit-remaining-{unit}": str(most - window.used[unit]) for unit, most in self._most.items()}
            | {f"x-ratelimit-reset-{unit}": f"{window.seconds_left(now)}s" for unit in self._most}
        )

    def _window(self, model: str, now: float) -> _Window:
        window = self._windows.get(model)
        # A clock that was set back starts a new minute, too.
        if window is None or not 0 <= now - window.start < _MINUTE:
            window = self._windows[model] = _Window(now)
        return window
