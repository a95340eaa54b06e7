import os

from openai import BadRequestError, OpenAI

client = OpenAI(api_key=os.environ["API_KEY"], base_url=os.environ["BASE_URL"])
CITY = {"type": "object", "properties": {"city": {"type": "string"}}}
FORECAST = {
    "type": "function",
    "function": {"name": "get_forecast", "parameters": CITY},
}


def ask(model):
    response = client.chat.completions.create(
        model=model,
        messages=[{"role": "user", "content": "Forecast for Kiel, please."}],
        tools=[FORECAST],
    )
    return response.choices[0].message.tool_calls[0].function


# In your order of preference.
for model in ("Llama-3.3-70B-Instruct", "gpt-oss-120b", "gpt-4.1"):
    try:
        function = ask(model)
    except BadRequestError as error:
        print(error.body)
    else:
        print(model, "calls", function.name, function.arguments)
        break
