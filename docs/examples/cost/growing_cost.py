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
            model="Llama-3.3-70B-Instruct",
            messages=history,
            temperature=0,
        )
        history.append(response.choices[0].message)
        total += response.usage.total_tokens
        print(response.usage.prompt_tokens, end=" ")
    print(f"input tokens by turn, {total} tokens in all")


converse(turns_kept=len(QUESTIONS))
converse(turns_kept=1)
