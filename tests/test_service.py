"""Whom the lessons talk to, and what happens to the key."""

import os
import subprocess
import sys

import httpx2
import openai
import pytest

from helpers import service
from helpers.service import IGNORE_DOTENV, REAL_BASE_URL, SENT_ANYWHERE, find_credentials, start_sandbox, use_service

PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "all_proxy", "no_proxy")
VARIABLES = (
    "API_KEY",
    "BASE_URL",
    "OPENAI_API_KEY",
    "OPENAI_BASE_URL",
    "MODEL",
    "MODEL_VISION",
    IGNORE_DOTENV,
    *SENT_ANYWHERE,
    *PROXIES,
)


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch, tmp_path):
    for name in VARIABLES:
        # Set first, so that what the tested code writes is undone, too.
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def test_a_key_alone_goes_to_the_real_service(monkeypatch):
    monkeypatch.setenv("API_KEY", "key-one")
    assert find_credentials() == service.Credentials("key-one", REAL_BASE_URL)


def test_key_and_address_belong_together(monkeypatch):
    monkeypatch.setenv("API_KEY", "key-one")
    monkeypatch.setenv("BASE_URL", "https://example.com/v2/")
    monkeypatch.setenv("OPENAI_API_KEY", "key-two")
    monkeypatch.setenv("OPENAI_BASE_URL", "https://example.org/v1")
    assert find_credentials() == service.Credentials("key-one", "https://example.com/v2")


def test_a_key_of_openai_is_not_used_without_its_address(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "key-two")
    assert find_credentials() is None
    monkeypatch.setenv("OPENAI_BASE_URL", "https://example.org/v1")
    assert find_credentials() == service.Credentials("key-two", "https://example.org/v1")


def test_a_dotenv_file_is_found_in_the_project_and_not_above(monkeypatch, tmp_path):
    project = tmp_path / "project"
    (project / "notebooks").mkdir(parents=True)
    (project / "helpers").mkdir()
    monkeypatch.chdir(project / "notebooks")
    (tmp_path / ".env").write_text("API_KEY=of-something-else\n", encoding="utf-8")
    assert find_credentials() is None
    (project / ".env").write_text("API_KEY=from-file\nBASE_URL=https://example.com/v2\n", encoding="utf-8")
    assert find_credentials() == service.Credentials("from-file", "https://example.com/v2")
    monkeypatch.setenv(IGNORE_DOTENV, "1")
    assert find_credentials() is None


def test_the_environment_wins_as_a_pair(monkeypatch, tmp_path):
    (tmp_path / ".env").write_text("API_KEY=from-file\nBASE_URL=https://example.com/v2\n", encoding="utf-8")
    monkeypatch.setenv("API_KEY", "from-environment")
    monkeypatch.setenv("BASE_URL", "https://example.org/v2")
    assert find_credentials() == service.Credentials("from-environment", "https://example.org/v2")


@pytest.mark.parametrize("prefix", ["", "OPENAI_"])
@pytest.mark.parametrize(("in_file", "in_environment"), [("API_KEY", "BASE_URL"), ("BASE_URL", "API_KEY")])
def test_a_key_never_meets_an_address_of_another_place(monkeypatch, tmp_path, prefix, in_file, in_environment):
    values = {"API_KEY": "key-one", "BASE_URL": "https://example.com/v2"}
    (tmp_path / ".env").write_text(f"{prefix}{in_file}={values[in_file]}\n", encoding="utf-8")
    monkeypatch.setenv(prefix + in_environment, values[in_environment])
    with pytest.raises(ValueError, match="in the same place") as caught:
        find_credentials()
    assert "key-one" not in str(caught.value)


def test_a_key_with_a_curly_quote_is_refused(monkeypatch):
    monkeypatch.setenv("API_KEY", "key-one”")
    with pytest.raises(ValueError, match="Copy the key again") as caught:
        find_credentials()
    assert "key-one" not in str(caught.value)


@pytest.mark.parametrize(
    ("base_url", "reason"),
    [
        ("llm-server.example.com/v2", "not a web address"),
        ("http://example.com/v2", "Use https"),
        ("https://example.com/v2/chat/completions", "ends in an endpoint"),
    ],
)
def test_an_unusable_address_is_refused_with_the_reason(monkeypatch, base_url, reason):
    monkeypatch.setenv("API_KEY", "key-one")
    monkeypatch.setenv("BASE_URL", base_url)
    with pytest.raises(ValueError, match=reason) as caught:
        use_service()
    assert "key-one" not in str(caught.value)


def test_a_key_in_the_place_of_the_address_is_not_shown(monkeypatch):
    monkeypatch.setenv("API_KEY", "https://example.com/v2")
    monkeypatch.setenv("BASE_URL", "my-secret-key")
    with pytest.raises(ValueError, match="not a web address") as caught:
        use_service()
    assert "my-secret-key" not in str(caught.value)


def test_a_dotenv_file_that_is_no_utf8_is_said_plainly(tmp_path):
    (tmp_path / ".env").write_text("API_KEY=key-one\n", encoding="utf-16")
    with pytest.raises(ValueError, match="Save it with the encoding UTF-8"):
        find_credentials()


def test_a_key_that_is_set_after_the_sandbox_has_started_counts(monkeypatch, capsys):
    use_service()
    monkeypatch.setenv("API_KEY", "key-one")
    use_service()
    assert os.environ["API_KEY"] == "key-one"
    assert capsys.readouterr().out.splitlines()[-1] == f"Service: {REAL_BASE_URL}"


def test_an_address_without_a_key_is_refused(monkeypatch):
    monkeypatch.setenv("BASE_URL", "https://example.com/v2")
    with pytest.raises(ValueError, match="API_KEY is not"):
        use_service()


def test_the_key_is_in_no_line_and_no_repr(monkeypatch, capsys):
    monkeypatch.setenv("API_KEY", "key-one")
    use_service()
    assert capsys.readouterr().out == f"Service: {REAL_BASE_URL}\n"
    assert "key-one" not in repr(find_credentials())


def test_a_key_that_is_not_used_is_said(monkeypatch, capsys):
    monkeypatch.setenv("OPENAI_API_KEY", "key-two")
    use_service()
    assert capsys.readouterr().out.splitlines()[1].startswith("OPENAI_API_KEY is not used")


def test_a_proxy_is_not_asked_for_the_sandbox(monkeypatch):
    monkeypatch.setattr(service, "_sandbox_url", None)
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.setenv(name, "example.com")
    use_service()
    with openai.OpenAI(api_key=os.environ["API_KEY"], base_url=os.environ["BASE_URL"], max_retries=0) as client:
        assert client.models.list().data
    assert os.environ["NO_PROXY"] == "example.com,127.0.0.1"


@pytest.mark.parametrize("name", ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "all_proxy"])
@pytest.mark.parametrize("address", ["socks5://127.0.0.1:9", "socks5h://ada:secret@127.0.0.1:9", "127.0.0.1:9"])
def test_lessons_run_whatever_proxy_is_set(monkeypatch, name, address):
    monkeypatch.setattr(service, "_sandbox_url", None)
    monkeypatch.setenv(name, address)
    use_service()
    with openai.OpenAI(api_key=os.environ["API_KEY"], base_url=os.environ["BASE_URL"], max_retries=0) as client:
        assert client.models.list().data


@pytest.mark.parametrize(
    "address", ["socks://ada:secret@127.0.0.1:9", "socks4://127.0.0.1:9", "http://ada:se#cret@127.0.0.1:9", "ftp://x"]
)
def test_a_proxy_that_no_client_can_use_is_said_plainly(monkeypatch, address):
    monkeypatch.setenv("ALL_PROXY", address)
    with pytest.raises(ValueError, match=r"begin with http://, https://, socks5://") as caught:
        use_service()
    assert "cret" not in str(caught.value)


def test_what_belongs_to_another_service_is_not_sent(monkeypatch, capsys):
    monkeypatch.setenv("API_KEY", "key-one")
    for name in SENT_ANYWHERE:
        monkeypatch.setenv(name, "X-Other: of-another" if name == "OPENAI_CUSTOM_HEADERS" else "of-another")
    sent = []

    def answer(request):
        sent.append(" ".join(request.headers.values()))
        return httpx2.Response(200, json={"object": "list", "data": []})

    def make_client():
        http_client = httpx2.Client(transport=httpx2.MockTransport(answer))
        return openai.OpenAI(api_key="key-one", base_url=REAL_BASE_URL, http_client=http_client)

    with make_client() as client:
        client.models.list()
        client.admin.organization.projects.list()
    assert [headers.count("of-another") for headers in sent] == [3, 4]
    use_service()
    with make_client() as client:
        client.models.list()
        assert client.admin_api_key is None
    assert "of-another" not in sent[2]
    assert capsys.readouterr().out.splitlines()[1].endswith(f"another: {', '.join(SENT_ANYWHERE)}.")


@pytest.mark.parametrize("given", ["NO_PROXY", "no_proxy"])
def test_exceptions_from_the_proxy_stay_whichever_way_they_are_written(given):
    expected = {"NO_PROXY": "example.com,127.0.0.1", "no_proxy": "example.com,127.0.0.1"}
    assert service.without_proxy({given: "example.com"}) == expected


def test_a_lesson_can_start_another_sandbox_with_a_limit():
    server = start_sandbox(requests_per_minute=1)
    with openai.OpenAI(api_key="sandbox", base_url=server.base_url, max_retries=0) as client:
        ask = {"model": "gpt-oss-120b", "messages": [{"role": "user", "content": "What is a rainbow?"}]}
        assert client.chat.completions.create(**ask).choices
        with pytest.raises(openai.RateLimitError):
            client.chat.completions.create(**ask)
    start_sandbox().stop()
    server.stop()
    assert os.environ["NO_PROXY"].split(",").count("127.0.0.1") == 1


def test_a_dotenv_file_can_choose_models(monkeypatch, tmp_path):
    (tmp_path / ".env").write_text("MODEL=one\nMODEL_VISION=two\nMODELS=three\n", encoding="utf-8")
    monkeypatch.setenv("MODEL", "mine")
    use_service()
    assert (os.environ["MODEL"], os.environ["MODEL_VISION"]) == ("mine", "two")
    assert "MODELS" not in os.environ


def test_without_a_key_the_sandbox_answers_and_is_started_once(capsys):
    use_service()
    first_url = os.environ["BASE_URL"]
    use_service()
    assert os.environ["BASE_URL"] == first_url
    with openai.OpenAI(api_key=os.environ["API_KEY"], base_url=first_url) as client:
        assert client.models.list().data
    first, second = capsys.readouterr().out.splitlines()
    assert first == second
    assert "sandbox" in first
    assert not any(character.isdigit() for character in first)


def test_the_sandbox_serves_other_programs_and_keeps_their_key_to_itself():
    command = [sys.executable, "-m", "sandbox", "--port", "0", "--api-key", "a-key-of-my-own"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        ready = process.stdout.readline()
        base_url = ready.split()[2]
        with openai.OpenAI(api_key="a-key-of-my-own", base_url=base_url) as client:
            assert client.models.list().data
        process.terminate()
        output, errors = process.communicate()
    assert ready.startswith("Sandbox ready: http://127.0.0.1:")
    assert "a-key-of-my-own" not in ready + output + errors


def test_a_port_in_use_is_said_plainly(capsys):
    from sandbox.__main__ import main
    from sandbox.adapters.server import LocalServer
    from sandbox.service import Sandbox

    server = LocalServer(Sandbox())
    server.serve_in_background()
    port = server.base_url.split(":")[2].split("/")[0]
    assert main(["--port", port]) == 1
    assert "Choose another --host or --port" in capsys.readouterr().err
