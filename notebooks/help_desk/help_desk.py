"""A help desk that answers from documents and calls functions: `python notebooks/help_desk/help_desk.py`

What it is about is in pool.py, what earlier lessons have built in parts.py. Lesson 23 explains this file step by step,
and web.py shows the desk in a browser. With the path of a file with questions, it measures its answers instead.
"""

import json
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import openai
from openai import OpenAI
from parts import (
    TROUBLE,
    Library,
    cited,
    complete,
    cost,
    describe,
    find_models,
    run_action,
    run_call,
    score,
    stream,
    to_data_url,
)
from pool import FOLDER, NOT_FOUND, RULES, SUBJECT, TOOL_RULES, TOOLS, Action

from helpers import pick_model, use_service

use_service()
client = OpenAI(api_key=os.environ["API_KEY"], base_url=os.environ["BASE_URL"], timeout=30, max_retries=1)
MODEL = pick_model(client, "tools")
MODELS = find_models(client, MODEL)
library = Library(client, FOLDER)


@dataclass
class Turn:
    """A question and all that followed from it. It is kept or dropped as a whole, so no call loses its result."""

    question: str
    calls: list = field(default_factory=list)  # messages: the calls of the model, then their results
    sources: list = field(default_factory=list)  # name and text of each
    answer: str = ""


@dataclass
class Conversation:
    """All that the desk knows of one visitor."""

    turns: list = field(default_factory=list)
    notices: list = field(default_factory=list)  # sources that were read in the visitor's images
    waiting: Action | None = None
    used: list = field(default_factory=list)  # model and usage of each request of this turn


def recent(turns, budget=1000):
    """Return the newest turns that fit into a budget of tokens, without failed ones; the last one always stays."""
    kept = turns[-1:]
    for turn in [turn for turn in turns[-2::-1] if TROUBLE not in turn.answer]:
        budget -= (len(turn.question) + len(turn.answer) + len(json.dumps(turn.calls))) // 4
        if budget < 0:
            break
        kept.insert(0, turn)
    return kept


def for_tools(turns):
    """Return the messages of the request that has tools: not a word of a document is in them."""
    messages = [{"role": "system", "content": TOOL_RULES}]
    for turn in turns:
        answered = "(answered)" if turn.sources else turn.answer
        messages += [{"role": "user", "content": turn.question}, *turn.calls]
        messages += [{"role": "assistant", "content": answered}] if answered else []
    return messages


def for_answer(turns):
    """Return the messages of the request that has documents: it has no tools."""
    messages = [{"role": "system", "content": RULES}]
    for turn in turns[:-1]:
        messages += [{"role": "user", "content": turn.question}, {"role": "assistant", "content": turn.answer}]
    numbered = "\n\n".join(f"[{number}] {text}" for number, (_, text) in enumerate(turns[-1].sources, 1))
    content = f"<sources>\n{numbered}\n</sources>\n\nQuestion: {turns[-1].question}"
    return [*messages, {"role": "user", "content": content}]


def act(conversation, turn):
    """Run what the model calls. Results become sources, an action waits, a question of the model is the answer."""
    tools, messages = [*map(describe, TOOLS.values())], for_tools(recent(conversation.turns))
    message = complete(client, MODELS, messages, conversation.used, tools=tools)
    calls = [call.model_dump(include={"id", "type", "function"}) for call in message.tool_calls or []]
    turn.calls = [{"role": "assistant", "content": None, "tool_calls": calls}] if calls else []
    for call in calls:
        result = run_call(TOOLS, call["function"])
        if isinstance(result, Action):
            conversation.waiting = conversation.waiting or result
            turn.answer, result = conversation.waiting.question, "The visitor is asked about the first action."
        else:
            turn.sources.append((call["function"]["name"], result))
        turn.calls.append({"role": "tool", "tool_call_id": call["id"], "content": result})
    turn.answer = turn.answer if calls or not (message.content or "").strip().endswith("?") else message.content


def explain(conversation, turn):
    """Stream an answer from the sources, then name those that it cites."""
    turn.sources += [*library.search(turn.question), *conversation.notices[-2:]]
    for piece in stream(client, MODELS, for_answer(recent(conversation.turns)), conversation.used):
        turn.answer += piece
        yield "text", piece
    yield "sources", cited(turn.answer, turn.sources)


def answer(conversation, question):
    """Answer in events: pairs of "text", "confirm", "sources", or "cost", and what belongs to it."""
    conversation.turns.append(turn := Turn(question))
    conversation.waiting, conversation.used = None, []
    try:
        act(conversation, turn)
        yield "text", "" if conversation.waiting else turn.answer
        if turn.sources or not turn.answer:
            yield from explain(conversation, turn)
    except openai.APIError:
        turn.answer += TROUBLE
        yield "text", TROUBLE
    if action := conversation.waiting:
        yield "confirm", [action.id, action.question]
    yield "cost", cost(conversation.used)


def confirm(conversation, action_id, agrees):
    """Do what waits for the visitor, or drop it; return what to say. Only the first answer counts."""
    action = conversation.waiting
    if action is None or action.id != action_id:
        return "There is nothing to confirm."
    conversation.waiting = None
    said = run_action(action) if agrees else "Not done."
    conversation.turns[-1].answer += f" {said}"
    return said


def read_notice(conversation, file):
    """Have an image read, keep what it says as a source, and return it. An OSError means it is no image."""
    task = {"type": "text", "text": "What does this notice say? If it is no notice, say what the image shows."}
    parts = [task, {"type": "image_url", "image_url": {"url": to_data_url(file)}}]
    try:
        message = complete(
            client, [pick_model(client, "vision")], [{"role": "user", "content": parts}], conversation.used
        )
    except (openai.APIError, LookupError):  # the request fails, or the key has no model for it
        return TROUBLE
    conversation.notices.append((f"your image {len(conversation.notices) + 1}", (message.content or "")[:2000]))
    return conversation.notices[-1][1]


def examine(entry):
    """Ask one question of the evaluation in a conversation of its own; return what `score` needs."""
    visit = Conversation()
    cites = [name for kind, value in answer(visit, entry["question"]) if kind == "sources" for name in value]
    found = [name for name, _ in visit.turns[0].sources if " / " in name]  # not the functions
    return visit.turns[0].answer, cites, found, visit.used


def evaluate(file):
    """Ask all questions of a file, several at once, and return one line for each count."""
    entries = json.loads(Path(file).read_text("utf-8"))
    library.search(entries[0]["question"])  # embeds all sections, before several threads would
    with ThreadPoolExecutor(8) as pool:
        return score(entries, list(pool.map(examine, entries)), NOT_FOUND)


def main():
    """Talk to a visitor in the terminal."""
    print(f"Help desk of {SUBJECT}, with {len(library.chunks)} sections.")
    print("Ask, or enter the path of an image. An empty line ends it.")
    conversation = Conversation()
    while line := input("\n> ").strip():
        if os.path.isfile(line):  # unlike Path.is_file, it accepts a text of any length
            try:
                print(read_notice(conversation, line))
            except OSError as error:
                print(error)
            continue
        for kind, value in answer(conversation, line):
            if kind == "confirm":
                agrees = input(f"\n{value[1]} [y/n] ").strip().lower() in ("y", "yes")
                print(confirm(conversation, value[0], agrees))
            elif kind == "text":
                print(value, end="", flush=True)
            elif value:
                print(f"\n({', '.join(value) if kind == 'sources' else value})", end="")


if __name__ == "__main__":
    try:
        print(*evaluate(sys.argv[1]), sep="\n") if sys.argv[1:] else main()
    except (EOFError, KeyboardInterrupt):
        print()
