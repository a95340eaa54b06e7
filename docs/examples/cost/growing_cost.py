import os

from openai import OpenAI

client = OpenAI(api_key=os.environ["API_KEY"], base_url=os.environ["BASE_URL"])
QUESTIONS = ("What is an API key?", "What is a token?", "What is JSON?") * 2


def converse(turns_kept):
    total, history = 0, []
    for question in QUESTIONS:
        history.append({"role": "user", "content": question})
        history = history[-(2 * turns_kept + 1) :]
        response = client.chat.completions.create(
            model="gpt-oss-120b",
            messages=history,
            temperature=0,
        )
        answer = response.choices[0].message.content
        history.append({"role": "assistant", "content": answer})
        total += response.usage.prompt_tokens
        print(response.usage.prompt_tokens, end=" ")
    print(f"input tokens by turn, {total} in all")


converse(turns_kept=len(QUESTIONS))
converse(turns_kept=1)
