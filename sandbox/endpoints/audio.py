"""POST /audio/transcriptions and POST /audio/translations."""

from pathlib import PurePath
from typing import Annotated, Literal

from pydantic import Field

from sandbox.core.bodies import AnswerPart, Count
from sandbox.core.errors import ApiError
from sandbox.core.requests import Answer, Request
from sandbox.core.routing import route
from sandbox.core.uploads import Form, FormFile
from sandbox.engines.speech import CONVERT, UnreadableRecordingError, transcribe
from sandbox.engines.words import count_tokens

_OTHER_FORMATS = {".flac", ".m4a", ".mp3", ".mp4", ".mpeg", ".mpga", ".oga", ".ogg", ".webm"}
_ENGLISH = {"en", "english"}
_OPENAI_ONLY = ("stream", "timestamp_granularities", "chunking_strategy", "include")
_NO_RECOGNIZER = """\
The sandbox recognizes speech with the package pocketsphinx, which is not installed here. Run "pip install \
pocketsphinx" in its environment (there are wheels for Python 3.11 and 3.13), and start it again."""


class Recording(Form):
    """A recording, and how to transcribe it."""

    file: FormFile
    """The recording. Its name tells the format: the service documents MP3, WAV, and M4A "etc."; the sandbox reads WAV
    of up to 30 seconds."""
    model: str = Field(description="The id of a model whose `model_type` is `STT`.")
    temperature: Annotated[float, Field(ge=0, le=1)] | None = None
    """0 for the likeliest words, more for others. Accepted, but without effect on the sandbox's answers."""
    prompt: str | None = None
    """OpenAI's way to tell names and words that may occur; the service does not document it. Accepted, but without
    effect on the sandbox's answers."""
    response_format: Literal["json", "text"] | None = None
    """`text` for the text alone, which the service documented once. OpenAI's others, such as `verbose_json` and `srt`,
    are not documented, and the sandbox refuses them. Default: `json`."""


class TranscriptionRequest(Recording):
    """A recording to write down in its own language."""

    language: str | None = None
    """The language as an ISO code, such as `en`. Without it, the service detects it from the first 30 seconds; the
    sandbox knows English only."""


class AudioUsage(AnswerPart):
    """What the request cost in tokens, as the documentation showed it in January 2026."""

    prompt_tokens: Annotated[Count, Field(description="Always 0: the recording is not counted.")]
    completion_tokens: Annotated[Count, Field(description="Tokens of the text.")]
    total_tokens: Annotated[Count, Field(description="The sum of both.")]


class Transcript(AnswerPart):
    """What was said."""

    text: str
    """The text, in English for translations. The sandbox's has neither capitals nor punctuation."""
    usage: AudioUsage


_EXAMPLE = {"file": {"file": "notebooks/sounds/answering_machine.wav"}, "model": "whisper-large-v3"}
_BOTH = {"bases": ("/v2", "/queue"), "answers_text": True}
_EXAMPLES = {"A recording": _EXAMPLE, "Its language is known": _EXAMPLE | {"language": "en"}}


@route("POST", "/audio/transcriptions", Transcript, body=TranscriptionRequest, examples=_EXAMPLES, **_BOTH)
def create_transcription(request: Request) -> Answer:
    """Transcribe a recording.

    The body is a form. The sandbox recognizes speech with PocketSphinx: it knows English, no names, and errs more often
    than Whisper.
    """
    language = request.body.language
    if language and language.lower() not in _ENGLISH:
        reason = "PocketSphinx comes with a model for English only"
        message = f"The sandbox cannot recognize {language!r}: {reason}. Send language 'en', or ask the service."
        raise ApiError(400, message, "language", "unsupported_value")
    return _answer(request)


@route("POST", "/audio/translations", Transcript, body=Recording, examples={"A spoken text": _EXAMPLE}, **_BOTH)
def create_translation(request: Request) -> Answer:
    """Translate a recording into English.

    The body is a form. The sandbox knows English only: an English recording comes back as it is, others are refused.
    """
    return _answer(request)


def _answer(request: Request) -> Answer:
    request.model("transcription", "Choose a model for speech, one whose model_type is STT.")
    request.refuse(_OPENAI_ONLY, "The service documents none; leave it out.")
    file, form = request.body.file, PurePath(request.body.file.name).suffix.lower()
    if form in _OTHER_FORMATS:
        raise ApiError(400, f"The sandbox reads WAV only, not {form!r}, which the service may read. {CONVERT}", "file")
    if form != ".wav":
        cure = 'Send the file with a name that tells it: ("recording.wav", data) in Python.'
        raise ApiError(400, f"Unrecognized file format: the file is called {file.name!r}. {cure}", "file")
    if not file.data:
        raise ApiError(400, f"The file {file.name!r} is empty. Was it read to its end before?", "file")
    try:
        text = transcribe(file.data)
    except UnreadableRecordingError as error:
        raise ApiError(400, str(error), "file", "invalid_value") from error
    except ImportError as error:
        raise ApiError(400, _NO_RECOGNIZER, code="no_speech_recognition") from error
    tokens = count_tokens(text)
    usage = {"prompt_tokens": 0, "completion_tokens": tokens, "total_tokens": tokens}
    is_text = request.body.response_format == "text"
    return Answer(f"{text}\n" if is_text else {"text": text, "usage": usage}, tokens)
