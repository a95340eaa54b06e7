import os

from openai import AuthenticationError, OpenAI

client = OpenAI(api_key="wrong-key", base_url=os.environ["BASE_URL"])

try:
    client.models.list()
except AuthenticationError as error:
    print("The exception:", error)
    print("Its body:     ", error.body)
else:
    raise SystemExit("The key was accepted.")
