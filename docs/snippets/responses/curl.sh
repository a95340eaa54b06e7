url="$BASE_URL" key="$API_KEY"
[ "$key" ] || url="$OPENAI_BASE_URL" key="$OPENAI_API_KEY"

curl "$url/responses" \
  --header "Authorization: Bearer $key" \
  --header "Content-Type: application/json" \
  --data '{
    "model": "gpt-5-mini",
    "instructions": "Answer in one sentence.",
    "input": "What is an API key?"
  }'
