url="$BASE_URL" key="$API_KEY"
[ "$key" ] || url="$OPENAI_BASE_URL" key="$OPENAI_API_KEY"

curl "$url/chat/completions" \
  --header "Authorization: Bearer $key" \
  --header "Content-Type: application/json" \
  --data '{
    "model": "gpt-oss-120b",
    "messages": [
      {"role": "system", "content": "Answer in one short sentence."},
      {"role": "user", "content": "My name is Mara and I live in Kiel."},
      {"role": "assistant", "content": "Nice to meet you, Mara."},
      {"role": "user", "content": "Where do I live?"}
    ]
  }'
