"""What a model can do, a table of models, and the choice of one by capability."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from openai import OpenAI
    from openai.types import Model

CAPABILITIES = ("chat", "completions", "embeddings", "tools", "vision")

# Known from the service's documentation, since `meta_data` does not say it. Compared with the start of the id.
_VISION_IDS = ("llava", "Qwen3-VL", "gpt-4.1", "gemini-2.5-flash")
_EMBEDDING_IDS = ("jina-embeddings", "text-embedding", "tsi-embedding")
_NO_CHAT_IDS = ("whisper", "gpt-image")
_PROPRIETARY_IDS = ("gpt-3", "gpt-4", "gpt-5", "o3", "o4", "claude", "gemini")

# Where several models can do it, these come first: open ones that run in Germany before others.
_PREFERRED_IDS = (
    "Llama-3.3-70B-Instruct",
    "Llama-3.1-70B-Instruct",
    "Mistral-Small-3",
    "jina-embeddings-v2-base-de",
    "Qwen3-VL-30B-A3B-Instruct-FP8",
    "llava-v1.6-34b",
    "gpt-4.1",
    "gpt-4o",
)


class NoModelError(LookupError):
    """None of the models that a key sees can do what is asked for."""


def pick_model(client: OpenAI, capability: str) -> str:
    """Choose a model by what it can do, from the models that the key sees.

    A preferred model is taken if the key sees it (open ones that run in Germany come first), else the first
    one on the list that can do it. So the choice does not go stale with the list.

    Args:
        client: the client; it makes one request, GET /models.
        capability: one of `CAPABILITIES`.

    Returns:
        The id of the model.

    Raises:
        ValueError: there is no such capability.
        NoModelError: no model of this key has it.
        openai.OpenAIError: the list cannot be read; a note on the error says what to do.
    """
    if capability not in CAPABILITIES:
        raise ValueError(f"{capability!r} is no capability. Choose one of {', '.join(CAPABILITIES)}.")
    models = _list_models(client)
    able = [model.id for model in models if capability in find_capabilities(model)]
    if not able:
        raise NoModelError(
            f"None of the {len(models)} models of this key supports {capability}. Ask for access at "
            "https://apikey.llmhub.t-systems.net, or run the lesson without API_KEY, against the sandbox."
        )
    return next((name for name in _PREFERRED_IDS if name in able), able[0])


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
    """Tell what a model can do.

    `meta_data` decides where it is there: `model_type`, `source_type`, `input_modalities`, and a `hidden_size` above 0
    for embedding models. What it does not say comes from the service's documentation: raw completions work on
    open-source models, tools on proprietary ones, and a few ids are known to take pictures.

    Args:
        model: an entry of `client.models.list()`.

    Returns:
        Some of `CAPABILITIES`.
    """
    data = read_meta_data(model)
    kind = str(data.get("model_type", "")).upper()
    if kind == "EMBEDDING" or data.get("hidden_size") or model.id.startswith(_EMBEDDING_IDS):
        return {"embeddings"}
    if (kind and kind != "LLM") or model.id.startswith(_NO_CHAT_IDS):
        return set()
    is_open = str(data.get("source_type", "")).upper() == "OPEN SOURCE"
    if "source_type" not in data:
        is_open = not model.id.startswith(_PROPRIETARY_IDS)
    found = {"chat", "completions" if is_open else "tools"}
    if "image" in str(data.get("input_modalities", "")).lower() or model.id.startswith(_VISION_IDS):
        found.add("vision")
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
            str(data.get("deployment_country", "unknown")).replace("|", "/"),
        ]
        rows.append(f"| {' | '.join(cells)} |")
    return "\n".join(rows)


def _number(value: Any) -> str:
    return f"{value:,}" if isinstance(value, int) and value else "-"
