url="$BASE_URL" key="$API_KEY"
[ "$key" ] || url="$OPENAI_BASE_URL" key="$OPENAI_API_KEY"

for country in Germany France Spain Japan; do
  sleep 0.25 # 240 requests a minute, less than your limit
  curl --no-progress-meter "$url/chat/completions" \
    --header "Authorization: Bearer $key" \
    --header "Content-Type: application/json" \
    --data '{
      "model": "gpt-oss-120b",
      "messages": [
        {"role": "user", "content": "What is the capital of '"$country"'?"}
      ]
    }'
done
