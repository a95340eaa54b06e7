"""Reasoning: what a reasoning model would write before it answers, for the models that show it.

The rule: first what is asked, in its own words, and last what the answer will be. In between come thoughts, one
sentence each, until the effort's number of tokens is reached: which words carry meaning; the sentences of the request
that share most of those words, best first; the sentences of the answer; then a check list, which counts and compares
what is there (messages, numbers, lengths, names). No sentence comes twice. More effort means more thoughts, not better
ones: the answer was there before, and the text says that a rule-based stand-in writes it.
"""

import re
from collections.abc import Iterator

from sandbox.engines.messages import Message, last_user_text, message_text
from sandbox.engines.words import STOP_WORDS, count_tokens, keywords, sentences, words

# How many tokens (as `words.count_tokens` counts) each effort comes to, give or take a fifth.
EFFORT_TOKENS = {"minimal": 15, "low": 40, "medium": 120, "high": 400}

_WINDOW = 3000  # characters read at either end of a long text
_MOST_MESSAGES = 40
_MOST_PASSAGES = 8
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_NAME = re.compile(r"(?<=[a-z,] )[A-Z]\w+")


def reason(messages: list[Message], answer: str, effort: str) -> str:
    """Write the reasoning that goes before an answer.

    Args:
        messages: the messages of the request.
        answer: what will be answered: a text, a JSON document, or the names and arguments of tool calls.
        effort: one of the keys of `EFFORT_TOKENS`; it decides how long the reasoning is.

    Returns:
        Sentences on one line, about `EFFORT_TOKENS[effort]` tokens in all. The same input gives the same text.

    Raises:
        ValueError: if the effort is unknown.
    """
    if effort not in EFFORT_TOKENS:
        raise ValueError(f"Unknown effort {effort!r}. Choose one of: {', '.join(EFFORT_TOKENS)}.")
    target = EFFORT_TOKENS[effort]
    question = _question(last_user_text(messages))
    quoted = _shorten(question, min(max(target // 3, 6), 60))
    opening = f'The user asks: "{quoted}"' if question else "The user has asked nothing so far."
    begun = _shorten(answer, target // 5)
    ending = f'So I begin the answer with "{begun}"' if begun else "So the answer stays empty."
    closing = ending if target > 30 else "So I can answer."
    chosen = [opening]
    length = count_tokens(opening) + count_tokens(closing)
    for thought in _thoughts(messages, question, answer):
        if length > target * 0.9:
            break
        size = count_tokens(thought)
        if length + size <= target * 1.15 and thought not in chosen:
            chosen.append(thought)
            length += size
    return " ".join([*chosen, closing])


def _question(text: str) -> str:
    """The last sentence that ends in a question mark, else the first sentence."""
    end = _ends(text)
    if mark := end.rfind("?") + 1:
        start = max(end.rfind(stop, 0, mark - 1) for stop in (". ", "! ", "? ", "\n"))
        return " ".join(end[start + 1 : mark].split())
    return " ".join(re.split(r"(?<=[.!])\s|\n", text[:_WINDOW].strip(), maxsplit=1)[0].split())


def _ends(text: str) -> str:
    return text if len(text) <= 2 * _WINDOW else text[:_WINDOW] + "\n\n" + text[-_WINDOW:]


def _shorten(text: str, most: int) -> str:
    """The first words of a text, at most so many tokens, with an ellipsis where something was left out."""
    left, found = most, []
    for word in text[: most * 20].split():
        left -= count_tokens(word)
        if left < 0:
            return " ".join(found or [word[: most * 5]]) + "…"
        found.append(word)
    return " ".join(found)


def _thoughts(messages: list[Message], question: str, answer: str) -> Iterator[str]:
    """The thoughts in order. They are made one by one, so a short reasoning costs little."""
    meaning = list(dict.fromkeys(word for word in words(question[:600]) if word not in STOP_WORDS))[:8]
    named = " and ".join([", ".join(meaning[:-1]), meaning[-1]] if len(meaning) > 1 else meaning)
    if meaning:
        yield f"The words that carry meaning: {named[:120]}."
    yield "Rules weigh the words here; no model thinks."
    yield "I look for the best match."
    yield from _weigh(messages, set(keywords(question[:600])), question, answer)
    yield from _checks(messages, question, answer[: 2 * _WINDOW])


def _weigh(messages: list[Message], meaning: set[str], question: str, answer: str) -> Iterator[str]:
    """Go through the sentences of the request that share words with the question, then those of the answer."""
    texts = [_ends(message_text(message)) for message in messages[-_MOST_MESSAGES:]]
    passages = [
        sentence for text in texts[:10] + texts[10:][-10:] for sentence in sentences(text) if sentence != question
    ]
    shared = [[word for word in dict.fromkeys(keywords(passage)) if word in meaning] for passage in passages]
    ranked = sorted((-len(words_shared), index) for index, words_shared in enumerate(shared) if words_shared)
    if passages:
        yield f"Besides the question there are {len(passages)} sentences to read; {len(ranked)} share a word with it."
    for place, (_, index) in enumerate(ranked[:_MOST_PASSAGES], 1):
        quoted = _shorten(passages[index], 24)
        yield f'Sentence {index + 1}, number {place} in my ranking, shares "{", ".join(shared[index][:4])}": "{quoted}"'
    if not ranked:
        yield "Nothing else in the request shares a word with the question, so what I carry myself has to do."
    for number, sentence in enumerate(sentences(answer[:_WINDOW])[:4], 1):
        common = [word for word in dict.fromkeys(keywords(sentence)) if word in meaning]
        verdict = f'it takes up "{", ".join(common[:4])}"' if common else "it takes up no word of the question"
        yield f'Candidate {number} for the answer is "{_shorten(sentence, 20)}"; {verdict}.'


def _checks(messages: list[Message], question: str, answer: str) -> Iterator[str]:
    """The check list: counts and comparisons that any request allows."""
    roles = [message["role"] for message in messages]
    texts = [_ends(message_text(message)) for message in messages[-_MOST_MESSAGES:]]
    everything = "\n".join(texts)
    asked, answered = words(question), words(answer)
    numbers = list(dict.fromkeys(_NUMBER.findall(question)))[:6]
    claimed = list(dict.fromkeys(_NUMBER.findall(answer)))[:6]
    names = list(dict.fromkeys(_NAME.findall(question)))[:5]
    yield f"Before I settle on it, I go down a check list; the conversation has {_count(len(roles), 'message')}."
    if rules := sum(role in ("system", "developer") for role in roles):
        yield f"Of these, {_count(rules, 'message')} set rules that I have to keep to."
    else:
        yield "There is no system message, so no rules on style or language were given."
    if turns := roles.count("assistant"):
        yield f"I spoke {_count(turns, 'time')} before, so a pronoun may point back to an earlier turn."
    else:
        yield "I have not said anything yet, so nothing can point back to an earlier answer."
    if results := roles.count("tool"):
        yield f"Tools returned {_count(results, 'result')}, which count for more than what I carry."
    else:
        yield "No tool has returned anything that would have to be taken into account."
    yield f"What is asked has {_count(len(asked), 'word')}, and the answer has {_count(len(answered), 'word')}."
    if numbers:
        yield f"The question gives the numbers {', '.join(numbers)}; the answer must not change them."
    else:
        yield "The question gives no number, so there is nothing to compute with from its side."
    if claimed:
        backed = [number for number in claimed if number in everything]
        yield f"The answer states {', '.join(claimed)}; of these, {len(backed)} can be found in the request itself."
    else:
        yield "The answer states no number, so no figure in it can be off."
    if names:
        yield f"Names to keep as they are spelled: {', '.join(names)}."
    else:
        yield "No name stands inside the question, so there is no spelling that I could get wrong."
    if question.endswith("?"):
        yield "It ends in a question mark, so an answer is wanted and not only a reply."
    else:
        yield "It does not end in a question mark, so it may be a request, a remark or a greeting."
    if asked[:1] and asked[0] in ("is", "are", "do", "does", "did", "can", "was", "were", "will", "has", "have"):
        yield f'It starts with "{asked[0]}", so yes or no may be expected first.'
    else:
        yield "It is not put as a yes-or-no question, so a bare yes or no would not do."
    overlap = len(set(keywords(question)) & set(keywords(answer)))
    yield f"Question and answer have {_count(overlap, 'word stem')} in common."
    lines = len(answer.splitlines())
    yield f"The answer covers {_count(lines, 'line')}, and I see no reason to add filler to that."
    if answer.lstrip()[:1] in ("{", "["):
        yield "It looks like data, so I check that every bracket that opens also closes."
    else:
        yield "It is prose and not data, so no bracket or quotation mark has to be balanced."
    if not everything.isascii():
        yield "Some characters are beyond ASCII, such as accents or symbols, and have to survive as they are."
    else:
        yield "All characters are plain ASCII, so the encoding cannot cause trouble."
    yield f"The request comes to {_count(len(everything), 'character')} as far as I read it, which is not too much."
    yield "Would a different reading of the question fit better? I keep to the plainest one."
    yield "Is anything in the answer a guess? It is copied or computed by rule, so it is only as good as its source."
    yield "If the source were wrong, the answer would be wrong as well; a rule cannot notice that."
    yield "Asked the same thing again under the same settings, I would come to the same result."
    yield "Should something be missing, saying so plainly is better than inventing it."
    yield "A longer answer would not be a better one, so I stop where the question is covered."
    yield "That was the last point of the check list, and I found no reason to change the answer."


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
