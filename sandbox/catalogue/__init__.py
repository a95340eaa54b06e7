"""The models that the sandbox offers: `models.toml` as objects."""

import functools
import tomllib
from dataclasses import dataclass, fields
from importlib import resources
from typing import Any


@dataclass(frozen=True)
class Reasoning:
    """How a model thinks before it answers."""

    efforts: list[str]  # the values of `reasoning_effort` that it takes
    default: str = ""  # how much it thinks if the request does not say, "" for not at all
    field: str = ""  # where an answer has the thoughts, "reasoning" or "reasoning_content"; "" if they are not shown
    switch_off: str = ""  # what a prompt begins with so that it does not think, "" if there is nothing such


@dataclass(frozen=True)
class Model:
    """One model of the sandbox.

    Its `capabilities` are among "chat", "completions", "embeddings", "images", "json_schema", "reasoning", "responses",
    "tools", "transcription", and "vision". With the `token_limit_parameter` "max_tokens", "max_completion_tokens" works
    too; not the other way round.
    """

    id: str  # the name that requests use
    hosting: str  # where the service runs it: "t-cloud", "azure", or "google"; decides the shape of error bodies
    capabilities: frozenset[str]
    owned_by: str  # the maker
    meta_data: dict[str, Any]  # the service's extension of the model object
    path: str = "v2"  # the base path that lists it, "v2" or "vision"
    template: str = ""  # the name of its chat template (see `model/templates.py`), "" if it takes no raw prompts
    token_limit_parameter: str = "max_tokens"  # the request parameter that limits the output
    reasoning: Reasoning | None = None
    note: str = ""  # what it says after each answer in words
    least_dimensions: int | None = None  # the length of its shortest vectors, None if it makes one length only


@functools.cache
def load_models(catalogue: str = "today") -> dict[str, Model]:
    """Return the models of a list of `models.toml`, "today" or "first", by id and in its order."""
    data = tomllib.loads(resources.files(__package__).joinpath("models.toml").read_text(encoding="utf-8"))
    entries = {entry["id"]: entry for entry in data["models"]}
    return {name: _model(entries[name], data["hosting"]) for name in data["catalogues"][catalogue]}


def _model(entry: dict[str, Any], hostings: dict[str, Any]) -> Model:
    can = frozenset(entry["capabilities"])
    meta_data = {
        "max_sequence_length": entry["max_sequence_length"],
        "hidden_size": entry.get("hidden_size", 0),
        "max_output_length": entry.get("max_output_length", 0),
        "model_type": "EMBEDDING" if "embeddings" in can else "LLM",
        "display_name": entry["display_name"],
        "license": entry["license"],
        "input_modalities": ["text", "image"] if "vision" in can else ["text"],
        "output_modalities": ["embedding"] if "embeddings" in can else ["text"],
        "model_lifecycle_stage": "Stable",
    }
    meta_data |= hostings[entry["hosting"]] | entry.get("meta_data", {})
    own = {field.name: entry[field.name] for field in fields(Model) if field.name in entry}
    if "reasoning" in own:
        own["reasoning"] = Reasoning(**own["reasoning"])
    return Model(**own | {"capabilities": can, "meta_data": meta_data})
