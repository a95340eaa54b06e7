"""Rate limits: requests and tokens a minute, counted for each model.

The rule: a minute begins with the first request after the last minute has ended. Tokens of the input and of the output
count. Within the minute the counts only grow; a request that would pass a limit is refused and does not count.
"""

import math
from collections import Counter

from sandbox.catalogue import Model
from sandbox.core.errors import ApiError

_MINUTE = 60.0


class RateLimits:
    """The limits of one key: the most requests and the most tokens to and from one model in a minute."""

    def __init__(self, requests_per_minute: int, tokens_per_minute: int):
        self._most = {"requests": requests_per_minute, "tokens": tokens_per_minute}
        # By model, when its minute began, and what was used of it.
        self._minutes: dict[str, tuple[float, Counter[str]]] = {}

    def count(self, model: Model, tokens: int, now: float) -> dict[str, str]:
        """Count a request before its answer is sent, with its tokens of input and output and the time in seconds.

        Returns the headers that tell what is left of the minute, which only models on Azure have. Raises ApiError (429)
        if the request would pass a limit, with `Retry-After` unless waiting does not help.
        """
        start, used = self._minutes.get(model.id, (-math.inf, Counter()))
        # A clock that was set back starts a new minute, too.
        if not 0 <= now - start < _MINUTE:
            start, used = self._minutes[model.id] = now, Counter()
        wait = max(1, math.ceil(start + _MINUTE - now))
        headers = self._headers(model, used, wait)
        if tokens > (most := self._most["tokens"]):
            message = f"The request has {tokens:,} tokens, {model.id} takes {most:,} a minute. Shorten it."
            raise ApiError(429, message, code="rate_limit_exceeded", headers=headers)
        for unit, added in (("requests", 1), ("tokens", tokens)):
            if used[unit] + added > (most := self._most[unit]):
                message = f"Rate limit reached for {model.id}: {most:,} {unit} a minute. Try again in {wait} seconds."
                raise ApiError(429, message, code="rate_limit_exceeded", headers={"retry-after": str(wait)} | headers)
        used.update(requests=1, tokens=tokens)
        return self._headers(model, used, wait)

    def _headers(self, model: Model, used: Counter[str], wait: int) -> dict[str, str]:
        if model.hosting != "azure":
            return {}
        return (
            {f"x-ratelimit-limit-{unit}": str(most) for unit, most in self._most.items()}
            | {f"x-ratelimit-remaining-{unit}": str(most - used[unit]) for unit, most in self._most.items()}
            | {f"x-ratelimit-reset-{unit}": f"{wait}s" for unit in self._most}
        )
