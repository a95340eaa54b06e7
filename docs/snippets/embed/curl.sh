curl "$BASE_URL/embeddings" \
  --header "Authorization: Bearer $API_KEY" \
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
