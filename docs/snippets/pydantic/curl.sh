url="$BASE_URL" key="$API_KEY"
[ "$key" ] || url="$OPENAI_BASE_URL" key="$OPENAI_API_KEY"

curl "$url/chat/completions" \
  --header "Authorization: Bearer $key" \
  --header "Content-Type: application/json" \
  --data '{
    "model": "gpt-5-mini",
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
        "name": "Ticket",
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
