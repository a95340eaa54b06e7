import json
import os

from openai import OpenAI

client = OpenAI(api_key=os.environ["API_KEY"], base_url=os.environ["BASE_URL"])


def ask(**options):
    response = client.chat.completions.create(
        model="gpt-5-mini",
        messages=[
            {"role": "system", "content": "Read the message. Answer in JSON."},
            {"role": "user", "content": "I am Ada Kruse, and I live in Kiel."},
        ],
        **options,
    )
    return response.choices[0].message.content or ""


fence = "`" * 3
answers = {
    "in words": ask(),
    # Written by hand, as some models answer.
    "in a code fence": f'Here it is:\n{fence}json\n{{"name": "Ada Kruse"}}\n{fence}',
    "in JSON mode": ask(response_format={"type": "json_object"}),
}
for kind, answer in answers.items():
    try:
        print(f"{kind}: {json.loads(answer)}")
    except json.JSONDecodeError as error:
        print(f"{kind}: JSONDecodeError: {error}")

# What is between the first and the last brace, where JSON mode is no option.
fenced = answers["in a code fence"]
print(json.loads(fenced[fenced.find("{") : fenced.rfind("}") + 1]))
