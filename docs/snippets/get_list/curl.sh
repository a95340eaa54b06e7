url="$BASE_URL" key="$API_KEY"
[ "$key" ] || url="$OPENAI_BASE_URL" key="$OPENAI_API_KEY"

curl "$url/chat/completions" \
  --header "Authorization: Bearer $key" \
  --header "Content-Type: application/json" \
  --data '{
    "model": "gpt-5-mini",
    "messages": [
      {"role": "system", "content": "List the lost property."},
      {
        "role": "user",
        "content": "I lost a blue cap on Sunday.\nI miss my watch.\nMy red bag is gone."
      }
    ],
    "response_format": {
      "type": "json_schema",
      "json_schema": {
        "name": "lost_property",
        "strict": true,
        "schema": {
          "type": "object",
          "properties": {
            "items": {
              "type": "array",
              "items": {
                "type": "object",
                "properties": {
                  "item": {
                    "type": "string",
                    "enum": ["bag", "cap", "watch", "other"]
                  },
                  "color": {
                    "type": ["string", "null"],
                    "enum": ["blue", "red", null]
                  },
                  "day": {"type": ["string", "null"]}
                },
                "required": ["item", "color", "day"],
                "additionalProperties": false
              }
            }
          },
          "required": ["items"],
          "additionalProperties": false
        }
      }
    }
  }'
