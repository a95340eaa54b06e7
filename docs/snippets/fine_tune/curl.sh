url="$BASE_URL" key="$API_KEY"
[ "$key" ] || url="$OPENAI_BASE_URL" key="$OPENAI_API_KEY"

file=$(curl "$url/files" \
  --header "Authorization: Bearer $key" \
  --form "file=@examples.jsonl" \
  --form "purpose=fine-tune" | sed 's/.*"\(file-[^"]*\)".*/\1/')

curl "$url/files/validate/$file" \
  --header "api-key: $key" \
  --header "Content-Type: application/json"

curl "$url/files/$file" --header "Authorization: Bearer $key"

job=$(curl "$url/fine_tuning/jobs" \
  --header "Authorization: Bearer $key" \
  --header "Content-Type: application/json" \
  --data @- <<JSON | sed 's/.*"\(ftjob-[^"]*\)".*/\1/'
{
  "training_file": "$file",
  "model": "Mistral-Nemo-Instruct-2407",
  "hyperparameters": {"n_epochs": 2}
}
JSON
)

curl "$url/fine_tuning/jobs/$job/events?limit=10" \
  --header "Authorization: Bearer $key"
