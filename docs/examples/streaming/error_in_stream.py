import os

from openai import OpenAI

client = OpenAI(api_key=os.environ["API_KEY"], base_url=os.environ["BASE_URL"])


def stream():
    return client.chat.completions.create(
        model="mistral-medium-3",
        messages=[{"role": "user", "content": "What is an API key?"}],
        temperature=0,
        stream=True,
        extra_headers={"X-Sandbox-Fault": "error-in-stream"},
    )


try:
    for chunk in stream():
        print(chunk.choices[0].delta.content or "", end="")
except TypeError as error:
    print("\nTypeError:", error)
else:
    raise SystemExit("The stream has no error in it.")

for chunk in stream():
    if chunk.choices is None:
        print("\nThe stream has failed:", chunk.model_extra)
    elif chunk.choices:
        print(chunk.choices[0].delta.content or "", end="")
