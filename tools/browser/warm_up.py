"""Import all that the lessons use, and use it once, before the memory is stored (see store_memory.mjs)."""

import contextlib
import gc
import importlib
import io
import linecache
import re
import zipimport

import cells
import openai
from openai import AsyncOpenAI, OpenAI, pydantic_function_tool
from pydantic import BaseModel
from tqdm import tqdm

from helpers import draw_chunks, draw_messages, find_capabilities, model_table, pick_model, start_sandbox
from sandbox.adapters import page
from sandbox.catalogue import load_models

# What lessons and snippets import besides.
MODULES = """
    ast asyncio base64 collections concurrent.futures dataclasses datetime inspect itertools json math mimetypes pathlib
    pprint random secrets statistics tempfile textwrap threading time traceback types typing uuid warnings
    anyio._backends._asyncio IPython.display sandbox.adapters.transports tqdm.asyncio
"""


class Answer(BaseModel):
    """The form of an answer."""

    word: str


def make_requests(url: str) -> None:
    """Make one request of each kind, so that the classes of answers are complete and the sandbox's tables read.

    Not for an embedding, nor of the Responses API: the word vectors and 260 modules would make the memory larger by
    half, for a few pages that need them.
    """
    client = OpenAI(api_key="sandbox", base_url=url)
    models = client.models.list()
    model_table(models)
    for model in models:
        find_capabilities(model)
    chat = {"model": pick_model(client, "chat"), "messages": [{"role": "user", "content": "What is an API key?"}]}
    client.chat.completions.create(**chat)
    client.chat.completions.create(**chat, tools=[pydantic_function_tool(Answer)])
    client.chat.completions.parse(**chat | {"model": pick_model(client, "json_schema")}, response_format=Answer)
    chunks = list(client.chat.completions.create(**chat, stream=True, stream_options={"include_usage": True}))
    client.completions.create(model=pick_model(client, "completions"), prompt="Hello", max_tokens=5)
    client.files.list()
    client.fine_tuning.jobs.list()
    load_models("first")  # which the jobs of a fine-tuning read
    client.with_options(base_url=url.replace("/v2", "/v1")).vector_stores.list()
    with contextlib.suppress(openai.NotFoundError):
        client.models.retrieve("none")
    # Their modules are imported when they are looked up.
    getattr(client, "embeddings")  # noqa: B009
    getattr(AsyncOpenAI(api_key="sandbox", base_url=url).chat, "completions")  # noqa: B009
    cells._send = lambda *shown: None
    draw_messages(chat["messages"])
    draw_chunks(chunks)
    tqdm([], file=io.StringIO())


def clear() -> None:
    """Leave nothing behind that a page would not have made itself."""
    importlib.reload(page)  # no addresses were given out yet
    linecache.clearcache()
    re.purge()
    zipimport._zip_directory_cache.clear()
    importlib.invalidate_caches()
    gc.collect()


for name in MODULES.split():
    importlib.import_module(name)
server = start_sandbox()
make_requests(server.base_url)
server.stop()
del server
clear()
