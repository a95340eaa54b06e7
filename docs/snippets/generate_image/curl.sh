url="$BASE_URL" key="$API_KEY"
[ "$key" ] || url="$OPENAI_BASE_URL" key="$OPENAI_API_KEY"

curl "$url/images/generations" \
  --header "Authorization: Bearer $key" \
  --header "Content-Type: application/json" \
  --data '{
    "model": "gpt-image-1",
    "prompt": "Three red boats on the sea at sunset"
  }'
