"""The endpoints register themselves here: where they are, what they take, and what they answer."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel

from sandbox.core.errors import ApiError

# Each base path with the one whose models it offers.
BASE_PATHS = {"/v2": "/v2", "/vision": "/vision", "/queue": "/v2"}
ROUTES: list["Route"] = []
_REFUSED: dict[str, str] = {}


@dataclass(frozen=True)
class Route:
    """One endpoint."""

    method: str
    path: str  # below the base path; "{id}" at its end stands for the name of one object
    endpoint: Callable[..., Any]  # the first line of its docstring is the summary, the rest the description
    answer: Any  # the type of the answer
    body: type[BaseModel] | None = None  # the type of the request's body, None for GET
    chunk: Any = None  # the type of a stream's chunks, None if it cannot stream
    examples: dict[str, dict[str, Any]] = field(default_factory=dict)  # request bodies by a name, each of which works
    bases: tuple[str, ...] = tuple(BASE_PATHS)  # the base paths that have it


def route(method: str, path: str, answer: Any, **more: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register an endpoint; for the arguments see `Route`."""

    def register(endpoint: Callable[..., Any]) -> Callable[..., Any]:
        ROUTES.append(Route(method, path, endpoint, answer, **more))
        return endpoint

    return register


def refuse(path: str, reason: str) -> None:
    """Say why there is nothing at paths that OpenAI's API has: a pattern, and what to do instead."""
    _REFUSED[path] = reason


def find_route(method: str, path: str) -> tuple[str, Route, str]:
    """Return the base path, the route, and what the path has for "{id}". Raises ApiError: 404, 405 (wrong method)."""
    base = next((base for base in BASE_PATHS if path.startswith(f"{base}/")), "")
    below = path.removeprefix(base) if base else ""
    found = [each for each in ROUTES if base in each.bases and re.fullmatch(each.path.replace("{id}", ".+"), below)]
    for known in found:
        if known.method == method:
            return base, known, below.removeprefix(known.path.removesuffix("{id}"))
    if found:
        allowed = [known.method for known in found]
        message = f"{method} is not allowed on {path}. Use {' or '.join(allowed)}."
        raise ApiError(405, message, headers={"allow": ", ".join(allowed)})
    if reason := next((_REFUSED[pattern] for pattern in _REFUSED if re.fullmatch(pattern, below)), None):
        raise ApiError(404, reason)
    *others, last = BASE_PATHS
    paths = ", ".join(dict.fromkeys(known.path for known in ROUTES))
    cure = f"Its base URLs end in {', '.join(others)} or {last}. Below them it knows {paths}."
    raise ApiError(404, f"The sandbox has no {path}. {cure}")
