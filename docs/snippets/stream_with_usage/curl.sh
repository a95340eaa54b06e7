curl --no-buffer "$BASE_URL/chat/completions" \
  --header "Authorization: Bearer $API_KEY" \
  --header "Content-Type: application/json" \
  --data '{
    "model": "Llama-3.3-70B-Instruct",
    "messages": [{"role": "user", "content": "What is a token?"}],
    "temperature": 0,
    "stream": true,
    "stream_options": {"include_usage": true}
  }'
