import os

from openai import APIConnectionError, APIStatusError, OpenAI, Timeout

client = OpenAI(
    api_key=os.environ["API_KEY"],
    base_url=os.environ["BASE_URL"],
    timeout=Timeout(60, connect=5),  # seconds; the default is 600 and 5
    max_retries=3,  # after 408, 409, 429, 5xx, and lost connections
)


class AskError(Exception):
    """No answer: the message says why, `again` whether to try later."""

    def __init__(self, message, again):
        super().__init__(message)
        self.again = again


def ask(question, model="gpt-oss-120b", **options):
    """Return the text of a whole answer.

    Raises:
        AskError: there is none.
    """
    messages = [{"role": "user", "content": question}]
    try:
        response = client.chat.completions.create(
            model=model,
            messages=messages,
            **options,
        )
    except APIConnectionError as error:  # timeouts, too
        raise AskError("The service cannot be reached.", again=True) from error
    except APIStatusError as error:
        body = error.body if isinstance(error.body, dict) else {}
        reason = str(body.get("message") or body.get("detail") or error)
        status = error.status_code
        busy = status in (408, 409, 429) and "budget" not in reason.lower()
        again = busy or status >= 500
        raise AskError(f"{status}: {reason}", again) from error
    choice = response.choices[0]
    text = choice.message.content
    if choice.finish_reason != "stop" or not text:
        # At "length", a higher max_tokens helps.
        reason = choice.finish_reason
        raise AskError(f"The answer is not whole: {reason}.", again=False)
    return text


def show(what, **options):
    try:
        answer = ask("What is an API key?", temperature=0, **options)
    except AskError as error:
        print(f"{what}: {error} Try later: {'yes' if error.again else 'no'}")
    else:
        print(f"{what}: {answer[:40]}...")


def fault(text):
    return {"X-Sandbox-Fault": text}  # makes the sandbox fail


show("no fault")
show("busy twice", extra_headers=fault("rate; times=2; retry-after=0.1"))
show("busy for long", extra_headers=fault("rate; retry-after=300"))
show("no budget", extra_headers=fault("budget; retry-after=300"))
show("cut off", max_tokens=5)
show("wrong model", model="a-retired-model")
