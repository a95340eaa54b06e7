"""The core of the sandbox: from request to reply, with no input or output of its own."""

from sandbox.core.errors import ConnectionLost
from sandbox.core.openapi import openapi_document
from sandbox.core.sandbox import MAX_BODY_BYTES, Reply, Sandbox

__all__ = ["MAX_BODY_BYTES", "ConnectionLost", "Reply", "Sandbox", "openapi_document"]
