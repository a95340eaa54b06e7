url="$BASE_URL" key="$API_KEY"
[ "$key" ] || url="$OPENAI_BASE_URL" key="$OPENAI_API_KEY"

ask=(
  "$url/chat/completions"
  --header "Authorization: Bearer $key"
  --header "Content-Type: application/json"
)
body() {
  cat <<JSON
{
  "model": "gpt-oss-120b",
  "messages": [{"role": "user", "content": "What is the capital of $1?"}]
}
JSON
}

curl --parallel --parallel-max 2 --no-progress-meter \
  "${ask[@]}" --data "$(body Germany)" --next \
  "${ask[@]}" --data "$(body France)" --next \
  "${ask[@]}" --data "$(body Spain)" --next \
  "${ask[@]}" --data "$(body Japan)"
