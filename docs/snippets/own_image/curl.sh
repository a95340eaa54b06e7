image_url="data:image/jpeg;base64,$(base64 < harbor.jpg | tr -d '\n')"

curl "$BASE_URL/chat/completions" \
  --header "Authorization: Bearer $API_KEY" \
  --header "Content-Type: application/json" \
  --data @- <<JSON
{
  "model": "Qwen3-VL-30B-A3B-Instruct-FP8",
  "messages": [
    {
      "role": "user",
      "content": [
        {"type": "text", "text": "Describe this picture in one sentence."},
        {"type": "image_url", "image_url": {"url": "$image_url"}}
      ]
    }
  ],
  "temperature": 0
}
JSON
