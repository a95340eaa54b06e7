curl --retry 4 --connect-timeout 5 --max-time 60 \
  --write-out "\nStatus: %{http_code}\n" \
  "$BASE_URL/chat/completions" \
  --header "Authorization: Bearer $API_KEY" \
  --header "Content-Type: application/json" \
  --data '{
    "model": "no-such-model",
    "messages": [{"role": "user", "content": "What is an API key?"}]
  }'
