"""What earlier lessons have built, for any help desk: search, requests that survive errors, tools, images, and cost."""

import base64
import json
import logging
import re
from io import BytesIO

import numpy as np
import openai
from PIL import Image, ImageOps
from pool import Action
from pydantic import TypeAdapter, ValidationError

from helpers import find_capabilities, pick_model, read_meta_data

TROUBLE = "Sorry, something went wrong. Please ask again."
# Euros for a million tokens of input and of output (April 2026). With other models, only tokens are shown.
PRICES = {"gpt-oss-120b": (0.20, 0.65), "gpt-5": (1.20, 9.55), "gpt-5-mini": (0.24, 1.91)}


class Library:
    """The sections of a folder of Markdown pages, and a search: by meaning, or else by common words."""

    def __init__(self, client, folder):
        self.client, self.model, self.chunks, self.vectors = client, None, [], None
        for file in sorted(folder.glob("*.md")):
            try:
                self.add(file.name, file.read_text("utf-8"))
            except UnicodeDecodeError as error:
                raise ValueError(f"{file} is not UTF-8. Save it with that encoding.") from error
        if not self.chunks:
            raise ValueError(f"No sections in {folder}: each Markdown file there needs a # title and ## headings.")

    def add(self, name, text):
        """Add a page, cut at its H2 headings."""
        title, *parts = f"\n{text}".split("\n## ")
        title = title.strip().removeprefix("# ").strip() or name
        for part in parts:
            heading, _, _ = part.partition("\n")
            self.chunks.append((f"{name} / {heading}", f"{title}: {part.strip()}"))
        self.vectors = None

    def embed(self, texts):
        """Turn texts into vectors of length 1, in batches."""
        self.model, entries = self.model or pick_model(self.client, "embeddings"), []
        for start in range(0, len(texts), 16):
            entries += self.client.embeddings.create(model=self.model, input=texts[start : start + 16]).data
        vectors = np.array([entry.embedding for entry in entries])
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)

    def search(self, question, k=3):
        """Return name and text of the k sections that are closest to a question."""
        texts = [text for _, text in self.chunks]
        try:
            if self.vectors is None:
                self.vectors = self.embed(texts)
            scores = self.vectors @ self.embed([question])[0]
        except (openai.APIError, LookupError):  # embedding fails, or the key has no model for it
            asked = set(re.findall(r"\w{4,}", question.lower()))
            scores = np.array([sum(word in text.lower() for word in asked) for text in texts])
        return [self.chunks[place] for place in np.argsort(-scores, kind="stable")[:k]]


def find_models(client, first):
    """Return a model, and another one that can call functions and is listed in the same place, if there is one."""
    listed = {model.id: model for model in client.models.list() if "tools" in find_capabilities(model)}
    places = {name: read_meta_data(model).get("deployment_country") for name, model in listed.items()}
    place = places.get(first)  # unknown on some services: then nobody knows where another model is, either
    return [first, *[name for name in listed if place and name != first and places[name] == place][:1]]


def complete(client, models, messages, used, **options):
    """Return the message of the first model that answers, and note its usage. The package tries each again."""
    for model in models:
        try:
            response = client.chat.completions.create(model=model, messages=messages, **options)
        except openai.APIError:
            if model == models[-1]:
                raise
        else:
            used.append((model, response.usage))
            return response.choices[0].message


def pieces(client, model, messages, used):
    """Yield an answer in pieces, and note its usage. A ConnectionError means that it broke off."""
    end = usage = None
    options = {"stream": True, "stream_options": {"include_usage": True}}
    try:
        for chunk in client.chat.completions.create(model=model, messages=messages, **options):
            usage = chunk.usage or usage
            for choice in chunk.choices or []:
                end = choice.finish_reason or end
                if choice.delta.content:
                    yield choice.delta.content
    finally:
        used.append((model, usage))
    if not end:
        raise ConnectionError("The stream ended before the answer did.")


def stream(client, models, messages, used):
    """Yield an answer in pieces. If a model fails before its first word, the next one answers."""
    for model in models:
        text = ""
        try:
            for piece in pieces(client, model, messages, used):
                text += piece
                yield piece
            if text:
                return
        except (openai.APIError, ConnectionError):
            if text:
                break
    yield f" {TROUBLE}" if text else TROUBLE


def cited(text, sources):
    """Name the sources whose numbers are in a text, such as [1]."""
    numbers = sorted({int(number) for number in re.findall(r"\[(\d+)\]", text)})
    return [f"[{number}] {sources[number - 1][0]}" for number in numbers if 0 < number <= len(sources)]


def describe(function):
    """Write a function as the tool that a model sees; its type hints become the schema."""
    details = {"name": function.__name__, "description": function.__doc__}
    return {"type": "function", "function": {**details, "parameters": TypeAdapter(function).json_schema()}}


def run_call(functions, call):
    """Run a call of the model and return its result: an action, or a text. Problems are results as well."""
    try:
        result = functions[call["name"]](**json.loads(call["arguments"]))
        return result if isinstance(result, Action) else str(result)
    except ValidationError as error:
        problem = "; ".join(f"{entry['loc']}: {entry['msg']}" for entry in error.errors())
    except Exception as error:  # the model sees only its kind: a message may hold what is nobody's business
        logging.exception("A call failed: %s", call)
        problem = type(error).__name__
    return f"{call['name']} did not work. {problem}."


def run_action(action):
    """Run what the visitor has agreed to, and return what to say. If it fails, nobody knows how much of it was done."""
    try:
        return str(action.run())
    except Exception:
        logging.exception("An action failed.")
        return "It is not certain whether this was done. Please ask a person before you try again."


def to_data_url(file, longest_side=1024):
    """Return an image (a path or an open file) as a data URL: upright, reduced, as JPEG. Else raise an OSError."""
    try:
        image = ImageOps.exif_transpose(Image.open(file)).convert("RGB")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise OSError("I can't read this as an image. Please send a JPEG or PNG.") from error
    image.thumbnail((longest_side, longest_side))
    buffer = BytesIO()
    image.save(buffer, "JPEG", quality=85)
    return f"data:image/jpeg;base64,{base64.b64encode(buffer.getvalue()).decode('ascii')}"


def score(entries, results, not_found):
    """Count how good answers are, and list wrong ones. A result: the answer, sources cited and found, and usages."""
    kinds = {"same": "right (same words)", "other": "right (other words)", None: "refused"}
    row = dict.fromkeys(["hit rate at 1", "hit rate at 3", *kinds.values(), "citations right", "tokens"], 0)
    answerable, wrong = max(1, sum(bool(entry.get("source")) for entry in entries)), []
    for entry, (told, cites, found, _) in zip(entries, results, strict=True):
        source = entry.get("source")
        right = all(part.lower() in told.lower() for part in entry["contains"]) if source else not_found in told
        row["hit rate at 1"] += (source in found[:1]) / answerable
        row["hit rate at 3"] += (source in found[:3]) / answerable
        row[kinds[entry.get("words", "same") if source else None]] += right
        if not right:
            wrong.append(f"Not right: {entry['question']} {told!r}, found: {', '.join(found)}")
        row["citations right"] += right and any(name.endswith(f" {source}") for name in cites)
    usages = [usage for *_, used in results for _, usage in used]
    row["tokens"] = sum(usage.total_tokens for usage in usages) if all(usages) else "not reported"
    return [*[f"{name}: {f'{value:.2f}' if 'rate' in name else value}" for name, value in row.items()], *wrong]


def cost(used):
    """Add up tokens, and cents where all prices are known."""
    counted = [(model, usage.prompt_tokens, usage.completion_tokens) for model, usage in used if usage]
    told = f"{sum(sent for _, sent, _ in counted)} + {sum(made for _, _, made in counted)} tokens"
    if len(counted) < len(used) or not PRICES.keys() >= {model for model, _ in used}:
        return told
    euros = sum(PRICES[model][0] * sent + PRICES[model][1] * made for model, sent, made in counted) / 1_000_000
    return f"{told}, {100 * euros:.4f} cents"
