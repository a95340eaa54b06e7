"""Raw prompts, in no chat template: what follows them.

First what completes the sentence that the prompt breaks off in, where a fact says it, or what answers the prompt; then
facts, those first that have most in common with it, until there are some 400 tokens. Code is declined.
"""

import re

from sandbox.engines.text.answering import NOTHING, answer
from sandbox.engines.text.asking import asked_terms
from sandbox.engines.text.facts import topics
from sandbox.engines.text.passages import fact_terms, terms
from sandbox.engines.text.recall import named_topics, recall
from sandbox.engines.text.shaping import core
from sandbox.engines.text.tasks import decline_code
from sandbox.engines.words import count_tokens

_GOING_ON = "A raw completion goes on until it is cut, so here are facts from its own collection."
_MOST_TOKENS, _MOST_NAME_WORDS = 400, 4
_LAST_LABEL = re.compile(r"(?:^|\n)[ \t]*(?:answer|a|assistant|response|output|reply|antwort)\s*:\s*$", re.IGNORECASE)
# Marks of chat templates: to a model that does not know them, they are no part of what is asked.
_MARKS = re.compile(
    r"<\|(?:im_start|start_header_id)\|>\w{0,20}(?:<\|end_header_id\|>)?|<\|\w{1,30}\|>|\[/?[A-Z_]{4,20}\]|</?s>"
)
_QUESTION_LABEL = re.compile(r"(?:^|\n)[ \t]*(?:question|q|user|human|input|frage)\s*:\s*", re.IGNORECASE)


def continue_text(prompt: str, temperature: float = 0.0, seed: int = 0) -> str:
    """Continue a raw prompt that is in no chat template.

    Args:
        prompt: any text. If it breaks off inside a sentence that a fact can complete, that comes first.
        temperature: as for `answer`.
        seed: as for `answer`.

    Returns:
        The text that follows the prompt, at least some 300 tokens long: first what answers or completes the prompt,
        then more on its subject, then facts that are nearest to it.
    """
    if declined := decline_code(prompt):
        return f"\n\n{declined}"
    label = _LAST_LABEL.search(prompt)
    asked = _MARKS.sub("\n", prompt[: label.start()] if label else prompt).strip()
    if label and (questions := list(_QUESTION_LABEL.finditer(asked))):
        asked = f"{asked[: questions[0].start()]}\n\n{asked[questions[-1].end() :]}"
    unfinished = prompt.rstrip()[-1:].isalnum() and not label
    first = _complete(prompt) if unfinished else ""
    if not first:
        first = answer([{"role": "user", "content": f"{asked}?" if unfinished else asked}], temperature, seed)
        first = f"{first} {_GOING_ON}" if first == NOTHING else first
        first = first if label else f"\n\n{first}"
    found = first if prompt[-1:].isspace() or first[0] == "\n" else f" {first}"
    for sentence in _related(terms(_MARKS.sub(" ", prompt[-2000:]))):
        if count_tokens(found) > _MOST_TOKENS:
            break
        if sentence not in " ".join(f"{prompt[-3000:]}{found}".split()):
            found += f" {sentence}"
    return found


def _complete(prompt: str) -> str:
    """What follows an unfinished sentence, where a fact says it: "The capital of France is" is followed by "Paris."."""
    started = " ".join(re.split(r"(?<=[.!?:])\s+|\n", prompt[-300:])[-1].split())
    if not terms(started):
        return ""
    facts = [text for topic in topics() for text in topic.sentences]
    for text in facts:
        if text.lower().startswith(f"{started.lower()} "):
            return text[len(started) + 1 :]
    verb = re.fullmatch(r"(.+) (is|are|was|were)", started)
    if not verb:
        return ""
    for text in facts:
        turned = re.match(rf"(.+?) {verb.group(2)} {re.escape(verb.group(1))}(?=[ ,.])", text, re.IGNORECASE)
        if turned and len(turned.group(1).split()) <= _MOST_NAME_WORDS:
            return f"{turned.group(1)}."
    ranked = recall(started, asked_terms(started))
    return core(ranked[0][1], _MOST_NAME_WORDS, started, None) if ranked else ""


def _related(asked: list[str]) -> list[str]:
    """All facts, those first that have most in common with some terms: first by topic, then by words."""
    named = [topic for topic, _ in named_topics(asked)[0]]
    wanted = set(asked)
    order = sorted(
        topics(),
        key=lambda topic: (topic not in named, -max(len(wanted & fact_terms(text)) for text in topic.sentences)),
    )
    return [text for topic in order[:40] for text in topic.sentences]
