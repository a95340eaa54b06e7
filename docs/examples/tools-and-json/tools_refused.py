import os

from openai import BadRequestError, OpenAI

client = OpenAI(api_key=os.environ["API_KEY"], base_url=os.environ["BASE_URL"])
CITY = {"type": "object", "properties": {"city": {"type": "string"}}}
FORECAST = {
    "type": "function",
    "function": {
        "name": "get_forecast",
        "description": "Get the weather forecast for a city.",
        "parameters": CITY,
    },
}


def ask(model):
    response = client.chat.completions.create(
        model=model,
        messages=[{"role": "user", "content": "Forecast for Kiel, please."}],
        tools=[FORECAST],
    )
    return response.choices[0].message


# In your order of preference.
for model in ("Llama-3.3-70B-Instruct", "gpt-oss-120b", "gpt-5-mini"):
    try:
        message = ask(model)
    except BadRequestError as error:
        print(error.body)
    else:
        for call in message.tool_calls or []:
            print(model, "calls", call.function.name, call.function.arguments)
        break
