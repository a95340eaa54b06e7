import os
from itertools import islice

import httpx2
from openai import DefaultHttpx2Client, OpenAI


# Stands for a server that ignores `after` and leaves `has_more` out.
def other_server(request):
    return httpx2.Response(200, json={"object": "list", "data": [{"id": "file-1"}]})


transport = httpx2.MockTransport(other_server)
http_client = DefaultHttpx2Client(transport=transport)
server = {"api_key": "any", "base_url": "https://other.example/v1"}
other = OpenAI(**server, http_client=http_client)
print("Looped over:", [file.id for file in islice(other.files.list(), 5)], "and so on")
print("One page:", [file.id for file in other.files.list().data])

client = OpenAI(api_key=os.environ["API_KEY"], base_url=os.environ["BASE_URL"])
page = client.files.list(purpose="fine-tune", limit=100)
print("The sandbox says whether there is more:", page.has_more)
