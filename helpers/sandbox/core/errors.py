"""The errors of the sandbox and the two shapes of body that the service uses for them."""

from typing import Any

_OPENAI_TYPES = {401: "authentication_error", 403: "permission_error", 404: "not_found_error", 429: "rate_limit_error"}


class ApiError(Exception):
    """An error that the client gets to see.

    Args:
        status: the HTTP status.
        detail: what happened, why, and what to do next; or a list of problems (see `bodies.find_problems`).
        parameter: the request's parameter that is to blame, if it is one.
        code: a short name of the problem for programs, such as "model_not_found".
    """

    def __init__(self, status: int, detail: str | list[dict[str, Any]], parameter: str | None = None, code: str = ""):
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.parameter = parameter
        self.code = code


def error_body(error: ApiError, hosting: str) -> dict[str, Any]:
    """Return the JSON body for an error.

    Models that run on Azure answer in OpenAI's shape, everything else answers with `detail`.

    Args:
        error: what happened.
        hosting: the `hosting` of the model that was asked, "" if no model was reached.

    Returns:
        The body as a dict.
    """
    if hosting != "azure":
        return {"detail": error.detail}
    message = error.detail
    parameter = error.parameter
    if not isinstance(message, str):
        parameter = parameter or ".".join(str(step) for step in message[0]["loc"][1:])
        message = "; ".join(f"{'.'.join(str(step) for step in p['loc'][1:])}: {p['msg']}" for p in message)
    return {
        "error": {
            "message": message,
            "type": _OPENAI_TYPES.get(error.status, "invalid_request_error"),
            "param": parameter,
            "code": error.code or None,
        }
    }
