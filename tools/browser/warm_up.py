"""Import all that the lessons use, and use it once, before the memory is stored. The sandbox then starts anew."""

import gc
import importlib
import io
import linecache
import re
import sys
import zipimport

import cells
from IPython import display  # noqa: F401

# What lessons and snippets import.
for name in """ast asyncio base64 collections concurrent.futures dataclasses datetime inspect io itertools json math mimetypes
        pathlib pprint random secrets statistics tempfile textwrap threading time traceback types typing uuid warnings
        anyio._backends._asyncio helpers tqdm tqdm.asyncio
        sandbox.adapters.page sandbox.adapters.transports""".split():
    importlib.import_module(name)

import openai
from openai import AsyncOpenAI, OpenAI, pydantic_function_tool
from pydantic import BaseModel
from tqdm import tqdm

from helpers import draw_chunks, draw_messages, find_capabilities, model_table, pick_model, start_sandbox
from sandbox.adapters import page
from sandbox.catalogue import load_models

server = start_sandbox()
client = OpenAI(api_key="sandbox", base_url=server.base_url)
MODEL = pick_model(client, "chat")


class Answer(BaseModel):
    """The kind of an answer."""

    word: str


def ask(**more):
    return client.chat.completions.create(model=MODEL, messages=[{"role": "user", "content": "What is an API key?"}], **more)


# One request of each kind, so that the classes of answers are complete and the tables of the sandbox read. Not for an
# embedding, nor of the Responses API: the word vectors and 260 modules would make the memory larger by a third, for a
# few pages that need them.
models = client.models.list()
model_table(models)
[find_capabilities(model) for model in models]
ask()
ask(tools=[pydantic_function_tool(Answer)])
chunks = list(ask(stream=True, stream_options={"include_usage": True}))
client.chat.completions.parse(
    model=pick_model(client, "json_schema"), messages=[{"role": "user", "content": "Say a word."}], response_format=Answer
)
client.completions.create(model=MODEL, prompt="Hello", max_tokens=5)
client.embeddings
client.files.list()
client.fine_tuning.jobs.list()
client.with_options(base_url=server.base_url.replace("/v2", "/v1")).vector_stores.list()
try:
    client.models.retrieve("none")
except openai.NotFoundError:
    pass
AsyncOpenAI(api_key="sandbox", base_url=server.base_url).chat.completions
cells._send = lambda *shown: None
draw_messages([{"role": "user", "content": "Hello"}])
draw_chunks(chunks)
tqdm([], file=io.StringIO())
load_models()

# Nothing of this may be left.
server.stop()
page._ports = page.count(8011)
del server, client, models, chunks, MODEL, Answer, ask
linecache.clearcache()
re.purge()
zipimport._zip_directory_cache.clear()
importlib.invalidate_caches()
gc.collect()
