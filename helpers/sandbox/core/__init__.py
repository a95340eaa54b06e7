"""The core of the sandbox: from request to reply, with no input or output of its own."""

from helpers.sandbox.core.errors import ConnectionLost
from helpers.sandbox.core.openapi import openapi_document
from helpers.sandbox.core.sandbox import MAX_BODY_BYTES, Reply, Sandbox

__all__ = ["MAX_BODY_BYTES", "ConnectionLost", "Reply", "Sandbox", "openapi_document"]
