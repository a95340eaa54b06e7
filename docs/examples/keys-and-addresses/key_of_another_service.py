import os

from openai import AuthenticationError, OpenAI

# As on many machines: a key that belongs to OpenAI.
os.environ["OPENAI_API_KEY"] = "key-for-openai"

client = OpenAI(base_url=os.environ["BASE_URL"])
try:
    client.models.list()
except AuthenticationError as error:
    print("Sent:", error.request.headers["Authorization"])
    print("Answer:", error.body)
else:
    raise SystemExit("The other key was accepted.")

# The same the other way around: your key would go to OpenAI.
print("Base URL:", OpenAI(api_key=os.environ["API_KEY"]).base_url)

# The fix: key and base URL together.
client = OpenAI(api_key=os.environ["API_KEY"], base_url=os.environ["BASE_URL"])
print("First model:", client.models.list().data[0].id)
