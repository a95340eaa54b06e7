tools='[
  {
    "type": "function",
    "function": {
      "name": "get_weather",
      "description": "Get the current weather in a city",
      "parameters": {
        "type": "object",
        "properties": {"city": {"type": "string"}},
        "required": ["city"]
      }
    }
  }
]'

curl "$BASE_URL/chat/completions" \
  --header "Authorization: Bearer $API_KEY" \
  --header "Content-Type: application/json" \
  --data @- <<JSON
{
  "model": "gpt-4.1",
  "messages": [{"role": "user", "content": "What is the weather in Hamburg?"}],
  "tools": $tools
}
JSON

curl "$BASE_URL/chat/completions" \
  --header "Authorization: Bearer $API_KEY" \
  --header "Content-Type: application/json" \
  --data @- <<JSON
{
  "model": "gpt-4.1",
  "messages": [
    {"role": "user", "content": "What is the weather in Hamburg?"},
    {
      "role": "assistant",
      "content": null,
      "tool_calls": [
        {
          "id": "call_1",
          "type": "function",
          "function": {
            "name": "get_weather",
            "arguments": "{\"city\": \"Hamburg\"}"
          }
        }
      ]
    },
    {
      "role": "tool",
      "tool_call_id": "call_1",
      "content": "{\"temperature\": \"14 degrees Celsius\"}"
    }
  ],
  "tools": $tools
}
JSON
