"""LangChain's standard suites for chat models and embeddings, on the sandbox.

They belong to LangChain, for everybody who connects a service to it. `SANDBOX_BASE_URL` says where the sandbox answers.
What a suite is told about a model is what the catalogue says of it; the reason for each thing that is switched off
stands beside it. `tests/test_client_langchain.py` runs them and knows by name which tests are skipped.
"""

import os
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from langchain_core.messages import AIMessage, AIMessageChunk
from langchain_openai import ChatOpenAI, OpenAIEmbeddings
from langchain_tests.integration_tests import ChatModelIntegrationTests, EmbeddingsIntegrationTests

PICTURE = Path(__file__).parents[3] / "notebooks" / "images" / "chart.png"
SANDBOX = {"base_url": os.environ["SANDBOX_BASE_URL"], "api_key": "sandbox"}


@pytest.fixture(autouse=True)
def _own_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    """The suite fetches a PNG picture from another host before it sends it; it gets one of the project's instead."""

    def read_picture(url: str, **_: Any) -> SimpleNamespace:
        assert url.endswith(".png"), f"The suite fetches {url}, which is no picture."
        return SimpleNamespace(content=PICTURE.read_bytes())

    monkeypatch.setattr("langchain_tests.integration_tests.chat_models.httpx.get", read_picture)


class ChatSuite(ChatModelIntegrationTests):
    """What holds for all chat models of the sandbox.

    Left as they are by default, switched off: `supports_image_urls` (the sandbox makes no connections, so it cannot
    fetch a picture), `supports_pdf_inputs`, `supports_pdf_tool_message`, `supports_audio_inputs` (the service's chat
    takes texts and pictures), `enable_vcr_tests` (there is nothing to record: the sandbox is always there).
    """

    @property
    def chat_model_class(self) -> type[ChatOpenAI]:
        return ChatOpenAI

    @property
    def chat_model_params(self) -> dict[str, Any]:
        # LangChain asks for the usage of a stream by itself only where it knows the service.
        return {**SANDBOX, "model": self.model_name, "stream_usage": True}

    @property
    def supports_json_mode(self) -> bool:
        return True

    @property
    def supports_anthropic_inputs(self) -> bool:
        return True


class TestAzure(ChatSuite):
    """A model that can do everything, with the errors, headers, and streams of Azure."""

    model_name = "gpt-4.1"
    model_override_value = "gpt-4o"
    supports_image_inputs = True
    # Not `supports_image_tool_message`: like OpenAI's chat API, the sandbox takes pictures from users only.


class TestTCloud(ChatSuite):
    """A model on T-Cloud with tools and reasoning, but without pictures and without `json_schema`."""

    model_name = "gpt-oss-120b"
    model_override_value = "Llama-3.3-70B-Instruct"

    @property
    def chat_model_params(self) -> dict[str, Any]:
        # The suite's limit of 100 tokens would end inside of the thoughts.
        return super().chat_model_params | {"max_tokens": 1000}

    @property
    def structured_output_kwargs(self) -> dict[str, Any]:
        return {"method": "function_calling"}

    @property
    def supported_usage_metadata_details(self) -> dict[str, list[str]]:
        return {"invoke": ["reasoning_output"], "stream": ["reasoning_output"]}

    def invoke_with_reasoning_output(self, *, stream: bool = False) -> AIMessage:
        model = ChatOpenAI(**self.chat_model_params, reasoning_effort="medium")
        if not stream:
            return model.invoke("What is a rainbow?")
        answer = AIMessageChunk("")
        for chunk in model.stream("What is a rainbow?"):
            answer += chunk
        return answer


class TestAzureResponses(TestAzure):
    """The same model through the Responses API."""

    @property
    def chat_model_params(self) -> dict[str, Any]:
        return super().chat_model_params | {"use_responses_api": True}


class TestTCloudResponses(TestTCloud):
    """The model on T-Cloud that has the Responses API."""

    model_override_value = "gpt-4.1"

    @property
    def chat_model_params(self) -> dict[str, Any]:
        return super().chat_model_params | {"use_responses_api": True}


class TestTCloudVision(ChatSuite):
    """A model on T-Cloud that takes pictures, but no tools, and so no structured output either."""

    model_name = "Qwen3-VL-30B-A3B-Instruct-FP8"
    model_override_value = "Llama-3.3-70B-Instruct"
    supports_image_inputs = True
    has_tool_calling = False
    has_structured_output = False
    # The suite's example of such inputs has tools as well.
    supports_anthropic_inputs = False


class EmbeddingsSuite(EmbeddingsIntegrationTests):
    """What holds for all embedding models of the sandbox."""

    @property
    def embeddings_class(self) -> type[OpenAIEmbeddings]:
        return OpenAIEmbeddings

    @property
    def embedding_model_params(self) -> dict[str, Any]:
        # Otherwise LangChain loads a tokenizer from another host and sends the ids of tokens in place of texts.
        return {**SANDBOX, "model": self.model_name, "check_embedding_ctx_length": False}


class TestTCloudEmbeddings(EmbeddingsSuite):
    model_name = "jina-embeddings-v2-base-de"


class TestAzureEmbeddings(EmbeddingsSuite):
    model_name = "text-embedding-ada-002"
