curl "$BASE_URL/completions" \
  --header "Authorization: Bearer $API_KEY" \
  --header "Content-Type: application/json" \
  --data '{
    "model": "Llama-3.3-70B-Instruct",
    "prompt": "The capital of Germany is",
    "temperature": 0,
    "max_tokens": 40,
    "stop": "."
  }'
