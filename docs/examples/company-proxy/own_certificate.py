import os
import ssl

from openai import DefaultHttpx2Client, OpenAI

context = ssl.create_default_context()
if company_root := os.environ.get("COMPANY_ROOT"):
    context.load_verify_locations(company_root)

with OpenAI(
    api_key=os.environ["API_KEY"],
    base_url=os.environ["BASE_URL"],
    http_client=DefaultHttpx2Client(verify=context),
) as client:
    client.models.list()
    print("The service answers.")
