"""The endpoints register themselves here: where they are, what they take, and what they answer."""

import functools
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel

from sandbox.core.errors import ApiError

# Each base path with the one whose models it offers.
BASE_PATHS = {"/v2": "/v2", "/vision": "/vision", "/queue": "/v2", "/v1": "/v2"}
MIRRORS = ("/v2", "/vision", "/queue")
ROUTES: list["Route"] = []
_REFUSED: dict[str, str] = {}


@dataclass(frozen=True)
class Route:
    """One endpoint."""

    method: str
    path: str  # below the base path; what is in braces stands for the name of one object
    endpoint: Callable[..., Any]  # the first line of its docstring is the summary, the rest the description
    answer: Any  # the type of the answer
    body: type[BaseModel] | None = None  # the type of the request's body, None for GET
    chunk: Any = None  # the type of a stream's chunks, None if it cannot stream
    examples: dict[str, dict[str, Any]] = field(default_factory=dict)  # request bodies by a name, each of which works
    bases: tuple[str, ...] = MIRRORS  # the base paths that have it
    query: dict[str, str] = field(default_factory=dict)  # its parameters behind the path, each with a description
    answers_text: bool = False  # whether the answer can also be plain text

    @functools.cached_property
    def pattern(self) -> re.Pattern[str]:
        """What its path looks like. The name at the end may have slashes, as ids of models do."""
        return re.compile(re.sub(r"\{\w+\}$", "(.+)", re.sub(r"\{\w+\}/", "([^/]+)/", self.path)))


def route(method: str, path: str, answer: Any, **more: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register an endpoint; for the arguments see `Route`."""

    def register(endpoint: Callable[..., Any]) -> Callable[..., Any]:
        ROUTES.append(Route(method, path, endpoint, answer, **more))
        return endpoint

    return register


def refuse(path: str, reason: str) -> None:
    """Say why there is nothing at paths that OpenAI's API has: a pattern, and what to do instead."""
    _REFUSED[path] = reason


def find_route(method: str, path: str) -> tuple[str, Route, list[str]]:
    """Return the base path, the route, and what the path has for names in braces. Raises ApiError: 404, 405."""
    base = next((base for base in BASE_PATHS if path.startswith(f"{base}/")), "")
    below = path.removeprefix(base) if base else ""
    found = [(known, match) for known in ROUTES if base in known.bases and (match := known.pattern.fullmatch(below))]
    for known, match in found:
        if known.method == method:
            return base, known, list(match.groups())
    if found:
        allowed = [known.method for known, _ in found]
        message = f"{method} is not allowed on {path}. Use {' or '.join(allowed)}."
        raise ApiError(405, message, headers={"allow": ", ".join(allowed)})
    if reason := next((_REFUSED[pattern] for pattern in _REFUSED if re.fullmatch(pattern, below)), None):
        raise ApiError(404, reason)
    *others, last = BASE_PATHS
    paths = ", ".join(dict.fromkeys(known.path for known in ROUTES if not base or base in known.bases))
    cure = f"Its base URLs end in {', '.join(others)} or {last}. Below them it knows {paths}."
    raise ApiError(404, f"The sandbox has no {path}. {cure}")
