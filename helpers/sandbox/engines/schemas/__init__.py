"""JSON schemas: a value for a schema, filled from a text where the text has it (see `filling`)."""

from helpers.sandbox.engines.schemas.filling import Filled, Missing, fill, placeholder

__all__ = ["Filled", "Missing", "fill", "placeholder"]
