import json
import os

from openai import BadRequestError, OpenAI

client = OpenAI(api_key=os.environ["API_KEY"], base_url=os.environ["BASE_URL"])
request = {
    "model": "claude-haiku-4.5",
    "messages": [{"role": "user", "content": "Ada Kruse lives in Kiel."}],
}
SCHEMA = {
    "type": "object",
    "properties": {"name": {"type": "string"}, "city": {"type": "string"}},
    "required": ["name", "city"],
    "additionalProperties": False,
}

wanted = {"name": "person", "strict": True, "schema": SCHEMA}
response_format = {"type": "json_schema", "json_schema": wanted}
try:
    client.chat.completions.create(**request, response_format=response_format)
except BadRequestError as error:
    print(error.body)
else:
    raise SystemExit("The model takes a JSON schema.")

# The same as a tool call, on the same model.
function = {
    "name": "save_person",
    "description": "Save a person and the city where they live.",
    "parameters": SCHEMA,
}
response = client.chat.completions.create(
    **request,
    tools=[{"type": "function", "function": function}],
    tool_choice={"type": "function", "function": {"name": "save_person"}},
)
for call in response.choices[0].message.tool_calls or []:
    print(json.loads(call.function.arguments))
