"""Reasoning: what a reasoning model would write before it answers, for the models that show it.

The rule: what is asked, in its own words; which words carry meaning; the sentences of the request that share most of
them; the candidates for the answer; how it begins. No sentence comes twice, and it ends when the effort's number of
tokens is reached or there is no more to say. More effort means more thoughts, not better ones: the answer was there.
"""

from sandbox.engines.messages import Message, last_user_text, message_text
from sandbox.engines.words import STOP_WORDS, both_ends, count_tokens, sentences, split_tokens, stem, words

# How many tokens (as `words.count_tokens` counts) each effort comes to, give or take a quarter, or else fewer.
EFFORT_TOKENS = {"minimal": 15, "low": 40, "medium": 120, "high": 400}


def reason(messages: list[Message], answer: str, effort: str) -> str:
    """Write the reasoning that goes before an answer: sentences on one line.

    The answer is a text, a JSON document, or calls; the effort, a key of `EFFORT_TOKENS`, decides about the length.
    """
    target = left = EFFORT_TOKENS[effort]
    found = sentences(both_ends(last_user_text(messages), 3000))
    question = next((sentence for sentence in reversed(found) if sentence.endswith("?")), found[0] if found else "")
    asked, begun = _shorten(question, min(max(target // 3, 6), 60)), _shorten(answer, target // 5)
    chosen = [f'The user asks: "{asked}"' if asked else "The user has asked nothing so far."]
    closing = f'So I begin the answer with "{begun}"' if begun and target > 30 else "So I can answer."
    left -= count_tokens(chosen[0] + closing)
    for thought in _thoughts(messages, question, answer):
        if thought not in chosen and left > target * 0.1 and (size := count_tokens(thought)) <= left + target * 0.15:
            chosen.append(thought)
            left -= size
    return " ".join([*chosen, closing])


def _shorten(text: str, most: int) -> str:
    tokens = split_tokens(" ".join(text[: most * 20].split()))
    return "".join(tokens[:most]) + "…" * (len(tokens) > most)


def _thoughts(messages: list[Message], question: str, answer: str) -> list[str]:
    meaning = {stem(word): word for word in words(question[:600]) if word not in STOP_WORDS}
    found = [f"The words that carry meaning: {', '.join(list(meaning.values())[:8])[:120]}."] if meaning else []
    found.append("Rules weigh the words here; no model thinks.")
    texts = [both_ends(message_text(message), 3000) for message in messages[-20:]]
    passages = [sentence for text in texts for sentence in sentences(text) if sentence != question]
    shared = {each: [*dict.fromkeys(meaning[s] for s in map(stem, words(each)) if s in meaning)] for each in passages}
    ranked = sorted(filter(shared.get, shared), key=lambda passage: -len(shared[passage]))
    for passage in ranked[:20]:
        named = ", ".join(shared[passage][:4])
        found.append(f'A sentence that shares "{named}" with the question: "{_shorten(passage, 24)}"')
    if not ranked:
        found.append("Nothing else in the request shares a word with the question, so I take what I carry myself.")
    candidates = enumerate(sentences(answer[:3000])[:8], 1)
    return found + [f'Candidate {number} for the answer is "{_shorten(text, 20)}"' for number, text in candidates]
