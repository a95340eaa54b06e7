url="$BASE_URL" key="$API_KEY"
[ "$key" ] || url="$OPENAI_BASE_URL" key="$OPENAI_API_KEY"

curl "$url/completions" \
  --header "Authorization: Bearer $key" \
  --header "Content-Type: application/json" \
  --data '{
    "model": "gpt-oss-120b",
    "prompt": "The capital of Germany is",
    "max_tokens": 40,
    "stop": "."
  }'
