import os

from openai import BadRequestError, OpenAI

client = OpenAI(api_key=os.environ["API_KEY"], base_url=os.environ["BASE_URL"])


def draw(**wishes):
    return client.images.generate(model="gpt-image-1", prompt="A red boat", **wishes)


try:
    draw(quality="low")
except BadRequestError as error:
    print(error)
else:
    raise SystemExit("The service accepts quality.")

print("Images without it:", len(draw().data))
