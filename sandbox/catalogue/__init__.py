"""The models that the sandbox offers: `models.toml` as objects."""

import functools
import tomllib
from dataclasses import dataclass
from importlib import resources
from typing import Any


@dataclass(frozen=True)
class Reasoning:
    """How a model thinks before it answers.

    Attributes:
        efforts: the values of `reasoning_effort` that it takes.
        default: how much it thinks if the request does not say, "" for not at all.
        field: where an answer has the thoughts, "reasoning" or "reasoning_content"; "" if they are not shown.
        switch_off: what a prompt begins with so that it does not think, "" if there is nothing such.
    """

    efforts: tuple[str, ...]
    default: str = ""
    field: str = ""
    switch_off: str = ""


@dataclass(frozen=True)
class Model:
    """One model of the sandbox.

    Attributes:
        id: the name that requests use.
        path: the base path that lists it, "v2" or "vision".
        hosting: where the service runs it: "t-cloud", "azure", or "google". It decides the shape of error bodies.
        capabilities: what it can do, among "chat", "completions", "embeddings", "json_schema", "tools",
            "vision".
        template: the name of its chat template (see `core/templates.py`), "" if it takes no raw prompts.
        token_limit_parameter: the request parameter that limits the output, "max_tokens" (then
            "max_completion_tokens" works too) or "max_completion_tokens" alone.
        reasoning: how it thinks, None if it does not.
        least_dimensions: the length of its shortest vectors on request, None if it makes one length only.
        owned_by: the maker, as `owned_by` of the API.
        meta_data: the service's extension of the model object.
    """

    id: str
    path: str
    hosting: str
    capabilities: frozenset[str]
    template: str
    token_limit_parameter: str
    reasoning: Reasoning | None
    least_dimensions: int | None
    owned_by: str
    meta_data: dict[str, Any]


@functools.cache
def load_models() -> dict[str, Model]:
    """Return the models of `models.toml` by id, in its order."""
    data = tomllib.loads(resources.files(__package__).joinpath("models.toml").read_text(encoding="utf-8"))
    return {entry["id"]: _model(entry, data["hosting"][entry["hosting"]]) for entry in data["models"]}


def _model(entry: dict[str, Any], hosting: dict[str, Any]) -> Model:
    makes_vectors = "embeddings" in entry["capabilities"]
    thinks = entry.get("reasoning")
    return Model(
        id=entry["id"],
        path=entry.get("path", "v2"),
        hosting=entry["hosting"],
        capabilities=frozenset(entry["capabilities"]),
        template=entry.get("template", ""),
        token_limit_parameter=entry.get("token_limit_parameter", "max_tokens"),
        reasoning=Reasoning(**thinks | {"efforts": tuple(thinks["efforts"])}) if thinks else None,
        least_dimensions=entry.get("least_dimensions"),
        owned_by=entry["owned_by"],
        meta_data={
            "max_sequence_length": entry["max_sequence_length"],
            "hidden_size": entry.get("hidden_size", 0),
            "max_output_length": entry.get("max_output_length", 0),
            "model_type": "EMBEDDING" if makes_vectors else "LLM",
            "display_name": entry["display_name"],
            "license": entry["license"],
            "input_modalities": ["text", "image"] if "vision" in entry["capabilities"] else ["text"],
            "output_modalities": ["embedding"] if makes_vectors else ["text"],
            "model_lifecycle_stage": entry.get("model_lifecycle_stage", "Stable"),
        }
        | hosting
        | entry.get("meta_data", {}),
    )
