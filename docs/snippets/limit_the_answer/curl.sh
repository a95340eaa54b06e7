url="$BASE_URL" key="$API_KEY"
[ "$key" ] || url="$OPENAI_BASE_URL" key="$OPENAI_API_KEY"

curl "$url/chat/completions" \
  --header "Authorization: Bearer $key" \
  --header "Content-Type: application/json" \
  --data '{
    "model": "mistral-medium-3",
    "messages": [{"role": "user", "content": "What is photosynthesis?"}],
    "max_tokens": 20
  }'
