url="$BASE_URL" key="$API_KEY"
[ "$key" ] || url="$OPENAI_BASE_URL" key="$OPENAI_API_KEY"

touch answers.jsonl
for country in France Germany Japan Spain; do
  grep --quiet "\"$country\"" answers.jsonl && continue
  response=$(
    curl --fail --no-progress-meter "$url/chat/completions" \
      --header "Authorization: Bearer $key" \
      --header "Content-Type: application/json" \
      --data '{
        "model": "gpt-oss-120b",
        "messages": [
          {"role": "user", "content": "What is the capital of '"$country"'?"}
        ]
      }'
  ) && printf '{"key": "%s", "response": %s}\n' "$country" "$response" >> answers.jsonl
done
cat answers.jsonl
