url="$BASE_URL" key="$API_KEY"
[ "$key" ] || url="$OPENAI_BASE_URL" key="$OPENAI_API_KEY"
url="${url%/}" url="${url%/v2}/v1"

file=$(curl "$url/files" \
  --header "Authorization: Bearer $key" \
  --form "file=@lindenbad.pdf" \
  --form "purpose=visual-rag" | sed 's/.*"\(file-[^"]*\)".*/\1/')

store=$(curl "$url/vector_stores" \
  --header "Authorization: Bearer $key" \
  --header "Content-Type: application/json" \
  --data @- <<JSON | sed 's/.*"id":"\([^"]*\)".*/\1/'
{
  "name": "lindenbad-$file",
  "chunking_strategy": {
    "text_embedding_model": "text-embedding-bge-m3",
    "vision_embedding_model": "tsi-embedding-colqwen2-2b-v1"
  }
}
JSON
)

curl "$url/vector_stores/$store/files" \
  --header "Authorization: Bearer $key" \
  --header "Content-Type: application/json" \
  --data "{\"file_id\": \"$file\"}"

for round in $(seq 60); do
  curl "$url/vector_stores/$store/files/$file" \
    --header "Authorization: Bearer $key" | grep in_progress || break
  sleep 1
done

curl "$url/vector_stores/$store/search" \
  --header "Authorization: Bearer $key" \
  --header "Content-Type: application/json" \
  --data '{
    "query": "What does a card for ten visits cost?",
    "top_k_texts": 1,
    "top_k_images": 1
  }'
