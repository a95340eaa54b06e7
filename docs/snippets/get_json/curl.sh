curl "$BASE_URL/chat/completions" \
  --header "Authorization: Bearer $API_KEY" \
  --header "Content-Type: application/json" \
  --data '{
    "model": "gpt-4.1",
    "messages": [
      {"role": "system", "content": "Extract who writes and why."},
      {
        "role": "user",
        "content": "I am Mara Klein (mara@example.com). My invoice is wrong."
      }
    ],
    "response_format": {
      "type": "json_schema",
      "json_schema": {
        "name": "request",
        "strict": true,
        "schema": {
          "type": "object",
          "properties": {
            "name": {"type": "string"},
            "email": {"type": "string"},
            "topic": {
              "type": "string",
              "enum": ["invoice", "delivery", "other"]
            }
          },
          "required": ["name", "email", "topic"],
          "additionalProperties": false
        }
      }
    }
  }'
