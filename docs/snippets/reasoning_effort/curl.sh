url="$BASE_URL" key="$API_KEY"
[ "$key" ] || url="$OPENAI_BASE_URL" key="$OPENAI_API_KEY"

curl "$url/chat/completions" \
  --header "Authorization: Bearer $key" \
  --header "Content-Type: application/json" \
  --data '{
    "model": "gpt-oss-120b",
    "messages": [{"role": "user", "content": "How much is 17 times 23?"}],
    "reasoning_effort": "low"
  }'
