import os

from openai import APIConnectionError, OpenAI

with OpenAI(
    api_key=os.environ["API_KEY"],
    base_url=os.environ["BASE_URL"],
    max_retries=0,
) as client:
    try:
        client.models.list()
    except APIConnectionError as error:
        print(error, error.__cause__)
    else:
        print("The service answers.")
