url="$BASE_URL" key="$API_KEY"
[ "$key" ] || url="$OPENAI_BASE_URL" key="$OPENAI_API_KEY"

curl "$url/embeddings" \
  --header "Authorization: Bearer $key" \
  --header "Content-Type: application/json" \
  --data '{
    "model": "text-embedding-bge-m3",
    "input": [
      "How long does a parcel to Norway take?",
      "A parcel to Norway takes three to six days.",
      "Invoices are sent by email."
    ],
    "encoding_format": "float"
  }'
