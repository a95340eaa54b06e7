curl "$BASE_URL/chat/completions" \
  --header "Authorization: Bearer $API_KEY" \
  --header "Content-Type: application/json" \
  --data '{
    "model": "o4-mini",
    "messages": [
      {
        "role": "user",
        "content": "How much is 17 times 23?"
      }
    ],
    "reasoning_effort": "low"
  }'
