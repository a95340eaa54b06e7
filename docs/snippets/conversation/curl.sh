curl "$BASE_URL/chat/completions" \
  --header "Authorization: Bearer $API_KEY" \
  --header "Content-Type: application/json" \
  --data '{
    "model": "Llama-3.3-70B-Instruct",
    "messages": [
      {"role": "system", "content": "Answer in one short sentence."},
      {"role": "user", "content": "My name is Mara and I live in Kiel."},
      {"role": "assistant", "content": "Nice to meet you, Mara."},
      {"role": "user", "content": "Where do I live?"}
    ],
    "temperature": 0
  }'
