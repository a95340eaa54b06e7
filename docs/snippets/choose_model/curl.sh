curl "$BASE_URL/models" \
  --header "Authorization: Bearer $API_KEY"
