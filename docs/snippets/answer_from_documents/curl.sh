url="$BASE_URL" key="$API_KEY"
[ "$key" ] || url="$OPENAI_BASE_URL" key="$OPENAI_API_KEY"

question="How long is lost property kept?"
passages="Tickets cost 6 euros for adults and 3 euros for children under 16.
Lost property is kept at the front desk for 14 days.
Lockers take a 1-euro coin, which you get back."
rules='Answer from the sources only. Cite the number of each source, such as [1].'
rules="$rules"' If the sources do not contain the answer,'
rules="$rules"' say \"Not in the documents.\"'

embeddings=$(curl "$url/embeddings" \
  --header "Authorization: Bearer $key" \
  --header "Content-Type: application/json" \
  --data @- <<JSON
{
  "model": "text-embedding-bge-m3",
  "input": ["$question" $(echo "$passages" | sed 's/.*/, "&"/')],
  "encoding_format": "float"
}
JSON
)

scores=$(echo "$embeddings" | tr "[" "\n" | grep "^ *[-0-9]" | awk '
  BEGIN { FS = "," }
  NR == 1 { for (i = 1; i <= NF; i++) asked[i] = $i; next }
  {
    product = square = 0
    for (i = 1; i <= NF; i++) { product += asked[i] * $i; square += $i * $i }
    print product / sqrt(square)
  }')
sources=$(paste <(echo "$scores") <(echo "$passages") |
  sort --reverse --general-numeric-sort | sed 2q |
  awk '{ sub(/^[^\t]*\t/, ""); print "[" NR "] " $0 }')
prompt=$(echo "$sources" | sed 's/$/\\n\\n/' | tr -d "\n")

curl "$url/chat/completions" \
  --header "Authorization: Bearer $key" \
  --header "Content-Type: application/json" \
  --data @- <<JSON
{
  "model": "gpt-oss-120b",
  "messages": [
    {"role": "system", "content": "$rules"},
    {"role": "user", "content": "${prompt}Question: $question"}
  ]
}
JSON

printf "\n%s\n" "$sources"
