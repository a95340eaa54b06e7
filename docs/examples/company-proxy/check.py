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
        cause = error
        while cause.__context__:
            cause = cause.__context__
        print(error, type(cause).__name__, cause)
    else:
        print("The service answers.")
