url="$BASE_URL" key="$API_KEY"
[ "$key" ] || url="$OPENAI_BASE_URL" key="$OPENAI_API_KEY"

image_url="data:image/jpeg;base64,$(base64 < harbor.jpg | tr -d '\n')"

curl "$url/chat/completions" \
  --header "Authorization: Bearer $key" \
  --header "Content-Type: application/json" \
  --data @- <<JSON
{
  "model": "mistral-medium-3",
  "messages": [
    {
      "role": "user",
      "content": [
        {"type": "text", "text": "Describe this image in one sentence."},
        {"type": "image_url", "image_url": {"url": "$image_url"}}
      ]
    }
  ]
}
JSON
