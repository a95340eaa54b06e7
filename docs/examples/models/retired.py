import os

from openai import NotFoundError, OpenAI, PermissionDeniedError

client = OpenAI(api_key=os.environ["API_KEY"], base_url=os.environ["BASE_URL"])

for model in ("a-retired-model", "gpt-oss-120b"):
    try:
        response = client.chat.completions.create(
            model=model,
            messages=[{"role": "user", "content": "What is an API key?"}],
            temperature=0,
        )
    except (NotFoundError, PermissionDeniedError) as error:
        print(f"{model}: status {error.status_code}, trying the next one")
    else:
        print(f"{model} answers: {response.choices[0].message.content}")
        break
