"""JSON schemas: a value for a schema, filled from a text where the text has it (see `filling` and `composing`)."""

from sandbox.engines.schemas.building import NoInstance, build
from sandbox.engines.schemas.checking import find_violation
from sandbox.engines.schemas.composing import compose
from sandbox.engines.schemas.filling import Filled, Missing, fill
from sandbox.engines.schemas.keys import read_keys

__all__ = ["Filled", "Missing", "NoInstance", "build", "compose", "fill", "find_violation", "read_keys"]
