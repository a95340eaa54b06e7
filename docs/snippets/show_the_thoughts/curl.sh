url="$BASE_URL" key="$API_KEY"
[ "$key" ] || url="$OPENAI_BASE_URL" key="$OPENAI_API_KEY"

curl --no-buffer "$url/chat/completions" \
  --header "Authorization: Bearer $key" \
  --header "Content-Type: application/json" \
  --data '{
    "model": "gpt-oss-120b",
    "messages": [{"role": "user", "content": "What is an API key?"}],
    "reasoning_effort": "low",
    "stream": true
  }'
