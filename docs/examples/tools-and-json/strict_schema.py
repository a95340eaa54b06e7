import os

from openai import BadRequestError, OpenAI

client = OpenAI(api_key=os.environ["API_KEY"], base_url=os.environ["BASE_URL"])


def ask(schema):
    wanted = {"name": "person", "strict": True, "schema": schema}
    response = client.chat.completions.create(
        model="gpt-5-mini",
        messages=[{"role": "user", "content": "Ada Kruse lives in Kiel."}],
        response_format={"type": "json_schema", "json_schema": wanted},
    )
    return response.choices[0].message.content


loose = {
    "type": "object",
    "properties": {
        "name": {"type": "string", "minLength": 2},
        "phone": {"type": "string"},
    },
    "required": ["name"],
}
strict = {
    "type": "object",
    "properties": {
        "name": {"type": "string", "description": "2 letters or more"},
        "phone": {"type": ["string", "null"]},
    },
    "required": ["name", "phone"],
    "additionalProperties": False,
}
for schema in (loose, strict):
    try:
        print(ask(schema))
    except BadRequestError as error:
        print(error.body)
