import math
import os

from openai import OpenAI

prefix = "" if os.getenv("API_KEY") else "OPENAI_"
key, url = os.getenv(prefix + "API_KEY"), os.getenv(prefix + "BASE_URL")
if not key or not url:
    raise SystemExit("Set API_KEY and BASE_URL first.")
client = OpenAI(api_key=key, base_url=url)

PASSAGES = [
    "Tickets: Adults pay 6 euros, children under 16 pay 3 euros.",
    "Lost property: Lost property is kept at the front desk for 14 days.",
    "Lockers: Lockers take a 1-euro coin.",
]
RULES = (
    "Answer from the sources only. Cite the number of each source, such as [1]. "
    'If the sources do not contain the answer, say "Not in the documents."'
)


def embed(texts):
    response = client.embeddings.create(
        model="text-embedding-bge-m3", input=texts, encoding_format="float"
    )
    return [item.embedding for item in response.data]


def similarity(a, b):
    product = sum(x * y for x, y in zip(a, b, strict=True))
    return product / (math.hypot(*a) * math.hypot(*b))


vectors = embed(PASSAGES)
for question in [
    "How long is lost property kept?",
    "Where can I park my car?",
]:
    [asked] = embed([question])
    scores = [similarity(asked, vector) for vector in vectors]
    order = sorted(range(len(PASSAGES)), key=lambda i: -scores[i])
    best = [PASSAGES[i] for i in order[:2]]
    sources = "".join(f"[{i}] {text}\n\n" for i, text in enumerate(best, start=1))
    response = client.chat.completions.create(
        model="gpt-oss-120b",
        messages=[
            {"role": "system", "content": RULES},
            {"role": "user", "content": f"{sources}Question: {question}"},
        ],
    )
    print(response.choices[0].message.content)
    print(f"  Best passage: {best[0]}")
