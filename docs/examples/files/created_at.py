import os
from datetime import UTC, datetime

from openai import OpenAI

client = OpenAI(api_key=os.environ["API_KEY"], base_url=os.environ["BASE_URL"])
data = ("notes.txt", b"Lockers need a coin.")
file = client.files.create(file=data, purpose="fine-tune")
try:
    datetime.fromtimestamp(file.created_at)
except TypeError as error:
    print("TypeError:", error)
else:
    raise SystemExit("created_at is a number.")


def when(moment):
    """Read a time, which is a text here and a number at OpenAI."""
    if not isinstance(moment, str):
        return datetime.fromtimestamp(moment, UTC)
    time = datetime.fromisoformat(moment)
    return time if time.tzinfo else time.replace(tzinfo=UTC)


print("Read as a text:", when(file.created_at).year > 2000)
print("As a dictionary:", sorted(file.to_dict(warnings=False))[:3])
client.files.delete(file.id)
