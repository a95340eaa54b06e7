import os

from openai import APIError, OpenAI

client = OpenAI(api_key=os.environ["API_KEY"], base_url=os.environ["BASE_URL"])


def read_stream(model, fault=None):
    """Return the text that arrived, and why the stream ended."""
    pieces, end = [], None
    try:
        stream = client.chat.completions.create(
            model=model,
            messages=[{"role": "user", "content": "What is an API key?"}],
            stream=True,
            extra_headers={"X-Sandbox-Fault": fault} if fault else {},
        )
        for chunk in stream:
            if not chunk.choices:  # an error, the usage, or Azure's first chunk
                continue
            pieces.append(chunk.choices[0].delta.content or "")
            end = chunk.choices[0].finish_reason or end
    except APIError as error:
        end = None
        print(f"  raised: {type(error).__name__}")
    return "".join(pieces), end


for model in ("gpt-oss-120b", "gpt-5-mini"):
    for fault in (None, "broken-stream", "error-in-stream", "connection-lost"):
        print(f"{model}, {fault}")
        text, end = read_stream(model, fault)
        print(f"  {'complete' if end else 'INCOMPLETE'}, finish_reason: {end}")
