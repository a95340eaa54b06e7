import httpx2
from openai import BadRequestError, DefaultHttpx2Client, OpenAI


# Stands for a model on Azure, with the answer that its filter gives.
def refuse(request):
    reason = "the prompt triggering Azure OpenAI's content management policy."
    message = f"The response was filtered due to {reason}"
    error = {"message": message, "code": "content_filter"}
    return httpx2.Response(400, json={"error": error})


transport = httpx2.MockTransport(refuse)
client = OpenAI(
    api_key="your-key",
    base_url="https://service.example/v2",
    http_client=DefaultHttpx2Client(transport=transport),
)
question = "How do I kill a Python process?"

try:
    response = client.chat.completions.create(
        model="gpt-5-mini",
        messages=[{"role": "user", "content": question}],
    )
    print(response.choices[0].finish_reason, response.choices[0].message.content)
except BadRequestError as error:
    print(error)
    if error.code == "content_filter":
        print("Word the question differently, or ask another model.")
