url="$BASE_URL" key="$API_KEY"
[ "$key" ] || url="$OPENAI_BASE_URL" key="$OPENAI_API_KEY"

curl --retry 4 --connect-timeout 5 --max-time 60 \
  --write-out "\nStatus: %{http_code}\n" \
  "$url/chat/completions" \
  --header "Authorization: Bearer $key" \
  --header "Content-Type: application/json" \
  --data '{
    "model": "no-such-model",
    "messages": [{"role": "user", "content": "Why is the sky blue?"}]
  }'
