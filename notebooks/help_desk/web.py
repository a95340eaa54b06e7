"""The help desk as a web page on this machine: `python notebooks/help_desk/web.py`, then open the address it prints."""

import json
import logging
import secrets
import sys
from html import escape
from io import BytesIO
from pathlib import Path
from queue import SimpleQueue
from threading import Lock, Thread

import help_desk
import uvicorn
from parts import TROUBLE
from pool import SUBJECT
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Route

PAGE = Path(__file__).with_name("page.html").read_text("utf-8").replace("SUBJECT", escape(SUBJECT))
MOST_CHARACTERS, MOST_IMAGE_BYTES, MOST_VISITORS = 2_000, 8_000_000, 200
IMAGE = "application/octet-stream"
visitors = {}  # the conversation of each visitor and its lock, by the random id in the cookie


def show(request: Request) -> Response:
    """Show the page. A browser keeps its conversation until it is closed."""
    visitor, nonce = request.cookies.get("visitor"), secrets.token_urlsafe(16)
    if visitor not in visitors:
        visitor = secrets.token_urlsafe(32)
        visitors[visitor] = help_desk.Conversation(), Lock()
        for oldest in list(visitors)[:-MOST_VISITORS]:
            del visitors[oldest]
    rules = f"default-src 'none'; connect-src 'self'; script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'"
    rules += "; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    headers = {"Content-Security-Policy": rules, "Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
    response = HTMLResponse(PAGE.replace("NONCE", nonce), headers=headers)
    response.set_cookie("visitor", visitor, httponly=True, samesite="strict")
    return response


def list_turns(request: Request) -> Response:
    """Return the conversation so far and what waits for a yes, for a page that was loaded again."""
    conversation, _ = visitors.get(request.cookies.get("visitor"), (help_desk.Conversation(), None))
    turns = [[turn.question, turn.answer] for turn in conversation.turns]
    action = conversation.waiting
    return JSONResponse({"turns": turns, "waiting": [action.id, action.question] if action else None})


async def talk(request: Request) -> Response:
    """Answer a message (a JSON text), a yes or no (a JSON object), or an image, in events: a JSON list a line."""
    visitor = visitors.get(request.cookies.get("visitor"))
    kind, body = request.headers.get("content-type", "").partition(";")[0], b""
    if not visitor or kind not in (IMAGE, "application/json"):
        return JSONResponse("This conversation has ended. Please load the page again.", 403)
    async for part in request.stream():
        body += part
        if len(body) > (MOST_IMAGE_BYTES if kind == IMAGE else 8 * MOST_CHARACTERS):
            return JSONResponse(
                f"That is too large: 8 MB for an image, {MOST_CHARACTERS:,} characters for a text.", 413
            )
    sent = body if kind == IMAGE else read(body)
    if sent is None:
        return JSONResponse(f"Please write 1 to {MOST_CHARACTERS:,} characters.", 400)
    return StreamingResponse(send(*visitor, sent), media_type="application/x-ndjson")


def read(body):
    """Return a message or the answer to a question of the desk, None if it is neither."""
    try:
        sent = json.loads(body)
        str(sent).encode("utf-8")  # half of a surrogate pair is valid JSON, but no text that can be sent on
    except ValueError:
        return None
    is_message = isinstance(sent, str) and 0 < len(sent.strip()) <= MOST_CHARACTERS
    return sent if is_message or isinstance(sent, dict) else None


def send(conversation, lock, sent):
    """Return events as lines. The answer is finished even if nobody reads it, so that the conversation is whole."""
    events = SimpleQueue()
    Thread(target=work, args=(conversation, lock, sent, events), daemon=True).start()
    return (json.dumps(event) + "\n" for event in iter(events.get, None))


def work(conversation, lock, sent, events):
    """Put events into a queue, one answer of a conversation at a time. A visitor never sees a traceback."""
    with lock:
        try:
            for event in find_events(conversation, sent):
                events.put(event)
        except Exception:
            logging.exception("A request failed.")
            events.put(("text", TROUBLE))
        events.put(None)


def find_events(conversation, sent):
    """Return the events that answer what was sent."""
    if isinstance(sent, str):
        return help_desk.answer(conversation, sent.strip())
    if isinstance(sent, dict):
        return [("text", help_desk.confirm(conversation, sent.get("id"), sent.get("agrees") is True))]
    try:
        return [("text", help_desk.read_notice(conversation, BytesIO(sent)))]
    except OSError as error:
        return [("text", str(error))]


app = Starlette(
    routes=[Route("/", show), Route("/turns", list_turns), Route("/talk", talk, methods=["POST"])],
    middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=["127.0.0.1", "localhost"])],
)

if __name__ == "__main__":
    port = int(sys.argv[1]) if len(sys.argv) > 1 else 8020
    print(f"Open http://127.0.0.1:{port} in your browser. Ctrl+C ends it.", flush=True)
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="warning")
