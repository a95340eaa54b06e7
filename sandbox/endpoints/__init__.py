"""The endpoints: one file for each, with its types, its texts, its examples, and its function."""

from sandbox.endpoints import models  # noqa: F401, I001 (the order is that of the documentation)
from sandbox.endpoints import chat  # noqa: F401
from sandbox.endpoints import completions  # noqa: F401
from sandbox.endpoints import embeddings  # noqa: F401
from sandbox.endpoints import responses  # noqa: F401
from sandbox.endpoints import audio  # noqa: F401
from sandbox.endpoints import images  # noqa: F401
from sandbox.endpoints import files  # noqa: F401
from sandbox.endpoints import fine_tuning  # noqa: F401
from sandbox.endpoints import vector_stores  # noqa: F401
