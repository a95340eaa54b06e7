import os

from openai import OpenAI

new_terminal = {}  # nothing is set in it

try:
    OpenAI(api_key=new_terminal["API_KEY"], base_url=new_terminal["BASE_URL"])
except KeyError as error:
    print("KeyError:", error)
else:
    raise SystemExit("The variables are set.")

for name in ("API_KEY", "BASE_URL"):
    print(name, "is set here" if os.environ.get(name) else "is not set here")
