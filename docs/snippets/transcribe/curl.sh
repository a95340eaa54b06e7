url="$BASE_URL" key="$API_KEY"
[ "$key" ] || url="$OPENAI_BASE_URL" key="$OPENAI_API_KEY"

curl "$url/audio/transcriptions" \
  --header "Authorization: Bearer $key" \
  --form "model=whisper-large-v3" \
  --form "file=@message.wav" \
  --form "language=en"
