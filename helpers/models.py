"""What a model can do, a table of models, and the choice of one by capability."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from openai import OpenAI
    from openai.types import Model

# A chat model may well have them although nobody says so.
_GUESSED = ("tools", "vision", "json_schema", "reasoning", "responses")
CAPABILITIES = ("chat", "completions", "embeddings", "images", *_GUESSED)

# What the service's documentation says, or its price list, of ids and families, for where `meta_data` says nothing.
_EMBEDDING_IDS = re.compile(r"(?i)embed|\b(?:bge|e5)\b|colqwen")
_IMAGE_IDS = re.compile(r"(?i)^gpt-image")
_OTHER_IDS = re.compile(r"(?i)whisper|image|transcribe|\btts\b|rerank")
_PROPRIETARY_IDS = re.compile(r"(?i)^(?:gpt(?!-oss)|o\d|claude|gemini|mistral-(?:medium|large))")
_OPEN_IDS_WITH_TOOLS = re.compile(r"(?i)^(?:gpt-oss|qwen3-next)")
_VISION_IDS = re.compile(
    r"(?i)llava|\bvl\b|gemma-4|glm-5\.3|mistral-(?:small-4|medium-3)|qwen-?3\.[68]|^gpt-4\.1(?!-nano)"
    r"|^gpt-5(?!\.|-nano)|^claude.*4\.[56]|^claude-sonnet-4(?!\.)|^gemini-(?:2\.5-flash|3-)"
)
# JSON schemas and the Responses API are documented for OpenAI's models; the ids here are of those that take both.
_OPENAI_IDS = re.compile(r"(?i)^(?:gpt-(?!oss|3)|o\d)(?!.*turbo)")
# The documentation's table of reasoning models has no gpt-5 and no gpt-oss; that they think, their maker says.
_REASONING_IDS = re.compile(
    r"(?i)^(?:gpt-oss|gpt-5|o\d|claude-(?!3[-.]5)|gemini-(?!1|2\.0)|qwen3-\d+b-a\d+b(?!-instruct)|deepseek-r)"
)


class NoModelError(LookupError):
    """None of the models that a key sees can do what is asked for."""


def pick_model(client: OpenAI, capability: str) -> str:
    """Choose a model by what it can do, from the models that the key sees.

    Models that run in Germany come first, those past their end of life last, and otherwise the order of the list
    decides. So the choice does not go stale with the list. You can choose yourself with environment variables:
    `MODEL_VISION` (`MODEL_TOOLS`, ...) for one capability, `MODEL` for all that the model is known to have.

    Args:
        client: the client; it makes one request, GET /models.
        capability: one of `CAPABILITIES`.

    Returns:
        The id of the model. Where no chat model is known to have the capability, it is a guess, and a line says so.

    Raises:
        ValueError: there is no such capability.
        NoModelError: no model of this key has it.
        openai.OpenAIError: the list cannot be read; a note on the error says what to do.
    """
    if capability not in CAPABILITIES:
        raise ValueError(f"{capability!r} is not a capability. Choose one of {', '.join(CAPABILITIES)}.")
    variable = f"MODEL_{capability.upper()}"
    models = _list_models(client)
    able = [model for model in models if capability in find_capabilities(model)]
    wish = os.environ.get("MODEL", "")
    if capability != "chat" and wish not in [model.id for model in able]:
        wish = ""
    if wish := os.environ.get(variable) or wish:
        print(f"Model: {wish}, as the environment asks for.")
        return wish
    if not able and capability in _GUESSED:
        able = [model for model in models if "chat" in find_capabilities(model) and not _excludes(model, capability)]
        if able:
            print(f"No model is known to support {capability}. Set {variable} to choose one; this is a guess.")
    if not able:
        raise NoModelError(
            f"This key has no model that supports {capability} ({len(models)} on its list). If you know one that does, "
            f"set {variable} to its id. Ask for access at https://apikey.llmhub.t-systems.net, or remove API_KEY and "
            "run the lesson against the sandbox."
        )
    return min(able, key=_rank).id


def _excludes(model: Model, capability: str) -> bool:
    """Tell whether `meta_data` says that a model lacks a capability, which it can only say of vision."""
    return capability == "vision" and bool(read_meta_data(model).get("input_modalities"))


def _rank(model: Model) -> tuple[bool, bool]:
    data = read_meta_data(model)
    end = str(data.get("end_of_life_date") or "9999")
    place = f"{data.get('deployment_country')} {data.get('deployment_region')}".lower()
    return end[:10] < date.today().isoformat(), "germany" not in place


def _list_models(client: OpenAI) -> list[Model]:
    """List the models; an error gets a note, because it is the first that a wrong key or address leads to."""
    import openai

    try:
        return client.models.list().data
    except openai.APIStatusError as error:
        error.add_note(f"{client.base_url} answers: {error.body}. Check API_KEY and BASE_URL.")
        raise
    except openai.APIConnectionError as error:
        error.add_note(f"Nothing answers at {client.base_url}. Check BASE_URL and your connection.")
        raise
    except AttributeError as error:
        # The package takes a web page for an answer.
        error.add_note(f"{client.base_url} does not answer as the API does. Check BASE_URL: it has to end in /v2.")
        raise


def find_capabilities(model: Model) -> set[str]:
    """Tell what a model is known to do.

    `meta_data` decides where it says something: `model_type`, `source_type`, `input_modalities`, and a `hidden_size`
    above 0 for embedding models; 0, empty values, and null say nothing. The rest comes from the service's
    documentation: raw completions work on open-source models, tools on proprietary ones and a few others, JSON schemas
    and the whole Responses API on OpenAI's, and of some ids it is known that they take images, or think.

    Args:
        model: an entry of `client.models.list()`.

    Returns:
        Some of `CAPABILITIES`.
    """
    data = read_meta_data(model)
    kind = str(data.get("model_type") or "").upper()
    if kind == "EMBEDDING" or data.get("hidden_size") or (not kind and _EMBEDDING_IDS.search(model.id)):
        return {"embeddings"}
    if _IMAGE_IDS.search(model.id):
        return {"images"}
    if kind not in ("", "LLM") or _OTHER_IDS.search(model.id):
        return set()
    source = str(data.get("source_type") or "").upper()
    is_open = source.startswith("OPEN") if source else not _PROPRIETARY_IDS.search(model.id)
    found = {"chat", "completions" if is_open else "tools"}
    if _OPEN_IDS_WITH_TOOLS.search(model.id):
        found.add("tools")
    modalities = str(data.get("input_modalities") or "").lower()
    if "image" in modalities or (not modalities and _VISION_IDS.search(model.id)):
        found.add("vision")
    if _OPENAI_IDS.search(model.id):
        found |= {"json_schema", "responses"}
    if _REASONING_IDS.search(model.id):
        found.add("reasoning")
    return found


def read_meta_data(model: Model) -> dict[str, Any]:
    """Return the service's extension of a model object, cleaned.

    Args:
        model: an entry of `client.models.list()`.

    Returns:
        The fields, text without white space around it. Empty on servers without the extension.
    """
    data = getattr(model, "meta_data", None) or {}
    return {name: value.strip() if isinstance(value, str) else value for name, value in data.items()}


def model_table(models: Iterable[Model]) -> str:
    """Write models as a Markdown table.

    Args:
        models: entries of `client.models.list()`.

    Returns:
        The table: id, capabilities, most tokens in all and of output, length of the vectors, and where the model runs.
    """
    rows = [
        "| Model | Can do | Context (tokens) | Output (tokens) | Vector size | Runs in |",
        "|---|---|--:|--:|--:|---|",
    ]
    for model in models:
        data = read_meta_data(model)
        found = find_capabilities(model)
        cells = [
            f"`{model.id}`",
            ", ".join(name for name in CAPABILITIES if name in found) or "other",
            _number(data.get("max_sequence_length")),
            _number(data.get("max_output_length")),
            _number(data.get("hidden_size")),
            str(data.get("deployment_country") or "not stated").replace("|", "/"),
        ]
        rows.append(f"| {' | '.join(cells)} |")
    return "\n".join(rows)


def _number(value: Any) -> str:
    return f"{value:,}" if isinstance(value, int) and value else "-"
