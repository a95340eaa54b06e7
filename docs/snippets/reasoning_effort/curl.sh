curl "$BASE_URL/chat/completions" \
  --header "Authorization: Bearer $API_KEY" \
  --header "Content-Type: application/json" \
  --data '{
    "model": "o4-mini",
    "messages": [
      {
        "role": "user",
        "content": "A ticket costs 12 euros. How much do 7 tickets cost?"
      }
    ],
    "reasoning_effort": "low"
  }'
