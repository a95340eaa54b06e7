import os

os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"  # before the import

import litellm

litellm.suppress_debug_info = True
service = {
    "api_key": os.environ["API_KEY"],
    "api_base": os.environ["BASE_URL"],
}
# Euros per token, from the service's page of plans, April 2026.
price = {"input_cost_per_token": 0.20e-6, "output_cost_per_token": 0.65e-6}

messages = [{"role": "user", "content": "What is an API key?"}]
response = litellm.completion("openai/gpt-oss-120b", messages, temperature=0, **service)
print(response.choices[0].message.content)
cost = litellm.completion_cost(response, custom_cost_per_token=price)
print(f"{cost:.6f} euros")

try:
    litellm.completion("openai/gpt-5", messages, temperature=0, **service)
except litellm.UnsupportedParamsError as error:  # LiteLLM refuses; nothing was sent
    print(str(error).partition(".")[2].partition(".")[0].strip())
