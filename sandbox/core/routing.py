"""The endpoints register themselves here: where they are, what they take, and what they answer."""

import functools
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel

from sandbox.core.errors import ApiError

# Each base path with the one whose models it offers.
BASE_PATHS = {"/v2": "/v2", "/vision": "/vision", "/queue": "/v2"}
ROUTES: list["Route"] = []


@dataclass(frozen=True)
class Route:
    """One endpoint.

    Attributes:
        method: the HTTP method.
        path: the path below the base path; "{id}" at its end stands for the name of one object.
        endpoint: what answers. The first line of its docstring is the summary, the rest the description.
        answer: the type of the answer.
        body: the type of the request's body, None for GET.
        chunk: the type of a stream's chunks, None if it cannot stream.
        examples: request bodies by a name, each of which works.
    """

    method: str
    path: str
    endpoint: Callable[..., Any]
    answer: Any
    body: type[BaseModel] | None = None
    chunk: Any = None
    examples: dict[str, dict[str, Any]] = field(default_factory=dict)

    @functools.cached_property
    def pattern(self) -> re.Pattern[str]:
        """What matches its paths, with a group for "{id}"."""
        return re.compile(self.path.replace("{id}", "(?P<id>.+)"))


def route(method: str, path: str, answer: Any, **more: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register an endpoint; for the arguments see `Route`."""

    def register(endpoint: Callable[..., Any]) -> Callable[..., Any]:
        ROUTES.append(Route(method, path, endpoint, answer, **more))
        return endpoint

    return register


def find_route(method: str, path: str) -> tuple[str, Route, str]:
    """Find the endpoint for a request.

    Args:
        method: the HTTP method.
        path: the path.

    Returns:
        The base path, the route, and what the path has in place of "{id}", "" where it has none.

    Raises:
        ApiError: 404 if there is no such path, 405 if it takes another method.
    """
    base = next((base for base in BASE_PATHS if path.startswith(f"{base}/")), None)
    found = [(known, match) for known in ROUTES if base and (match := known.pattern.fullmatch(path[len(base) :]))]
    for known, match in found:
        if known.method == method:
            return base or "", known, match.groupdict().get("id", "")
    if found:
        allowed = [known.method for known, _ in found]
        message = f"{method} is not allowed on {path}. Use {' or '.join(allowed)}."
        raise ApiError(405, message, headers={"allow": ", ".join(allowed)})
    *others, last = BASE_PATHS
    paths = ", ".join(dict.fromkeys(known.path for known in ROUTES))
    raise ApiError(
        404,
        f"The sandbox has no {path}. Its base URLs end in {', '.join(others)} or {last}. Below them it knows {paths}.",
    )
