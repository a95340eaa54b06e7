import httpx2
from openai import DefaultHttpx2Client, OpenAI


# Stands for the start page of a portal or a proxy, which answers everything.
def web_page(request):
    return httpx2.Response(200, html="<!doctype html><title>Welcome</title>")


client = OpenAI(
    api_key="your-key",
    base_url="https://portal.example/",
    http_client=DefaultHttpx2Client(transport=httpx2.MockTransport(web_page)),
)
request = {
    "model": "gpt-oss-120b",
    "messages": [{"role": "user", "content": "What is an API key?"}],
}

try:
    print(client.chat.completions.create(**request).choices)
except AttributeError as error:
    print("AttributeError:", error)
else:
    raise SystemExit("There was an answer.")

raw = client.chat.completions.with_raw_response.create(**request)
print(raw.headers["content-type"], "from", raw.url)
