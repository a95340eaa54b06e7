#!/usr/bin/env bash
# Asks every address that the built site links to, other hosts included, and fails when one does not answer.
set -euo pipefail
cd "$(dirname "$0")/.."
python3 -m venv .cache/links
.cache/links/bin/python -m pip install --quiet --disable-pip-version-check LinkChecker==10.6.0
python3 -m http.server --bind 127.0.0.1 --directory site 8000 >/dev/null 2>&1 &
trap "kill $!" EXIT
until (: </dev/tcp/127.0.0.1/8000) 2>/dev/null; do sleep 0.2; done
# The service itself answers only with a key.
.cache/links/bin/linkchecker --check-extern --no-robots --no-status --no-warnings --timeout 30 \
  --ignore-url '^https://llm-server\.llmhub\.t-systems\.net' http://127.0.0.1:8000/
