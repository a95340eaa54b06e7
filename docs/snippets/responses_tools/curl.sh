url="$BASE_URL" key="$API_KEY"
[ "$key" ] || url="$OPENAI_BASE_URL" key="$OPENAI_API_KEY"

tools='[
  {
    "type": "function",
    "name": "get_weather",
    "description": "Look up the weather of a city",
    "parameters": {
      "type": "object",
      "properties": {"city": {"type": "string"}},
      "required": ["city"],
      "additionalProperties": false
    }
  }
]'

curl "$url/responses" \
  --header "Authorization: Bearer $key" \
  --header "Content-Type: application/json" \
  --data @- <<JSON
{
  "model": "gpt-5-mini",
  "input": [{"role": "user", "content": "How warm is it in Leipzig?"}],
  "tools": $tools
}
JSON

curl "$url/responses" \
  --header "Authorization: Bearer $key" \
  --header "Content-Type: application/json" \
  --data @- <<JSON
{
  "model": "gpt-5-mini",
  "input": [
    {"role": "user", "content": "How warm is it in Leipzig?"},
    {
      "type": "function_call",
      "call_id": "call_1",
      "name": "get_weather",
      "arguments": "{\"city\": \"Leipzig\"}"
    },
    {
      "type": "function_call_output",
      "call_id": "call_1",
      "output": "{\"temperature\": \"14 degrees Celsius\"}"
    }
  ],
  "tools": $tools
}
JSON
