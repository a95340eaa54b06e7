"""The sandbox's models: complete, and in agreement with what the service documents."""

import pytest
from direct_requests import KEY, content

from sandbox.catalogue import load_models
from sandbox.service import Sandbox

FIELDS = {
    "max_sequence_length": int,
    "hidden_size": int,
    "max_output_length": int,
    "model_type": str,
    "source_type": str,
    "deployment_region": str,
    "location": str,
    "deployment_country": str,
    "license": str,
    "display_name": str,
    "input_modalities": list,
    "output_modalities": list,
    "model_lifecycle_stage": str,
    "is_externally_hosted": bool,
}
# In the order of the service's API reference.
REFERENCE = """
    Llama-3.1-70B-Instruct Mistral-Nemo-Instruct-2407 Mixtral-8x7B-Instruct-v0.1 DeepSeek-Coder-V2-Lite-Instruct
    jina-embeddings-v2-base-de text-embedding-bge-m3 gpt-35-turbo text-embedding-ada-002 gpt-4o gpt-4-turbo-128k-france
    claude-3-5-sonnet gemini-1.5-pro gemini-1.5-flash Llama-3.1-405B-Instruct-US Mistral-Large-2407
    claude-3-5-sonnet-v2-US
""".split()


# What an entry has instead of the stage, or besides it, where the service says when a model ends.
OPTIONAL = {"end_of_life_date": str}
BOTH = [load_models("today"), load_models("first")]
VISION = ["llava-v1.6-34b", "llava-v1.6-vicuna-13b"]


def listed(catalogue: str, path: str) -> list[str]:
    return [name for name, model in load_models(catalogue).items() if model.path == path]


@pytest.mark.parametrize("model", (BOTH[0] | BOTH[1]).values(), ids=lambda model: model.id)
def test_every_model_has_the_whole_meta_data(model):
    types = {name: type(value) for name, value in model.meta_data.items()}
    assert types | OPTIONAL == FIELDS | OPTIONAL
    assert bool(model.meta_data["max_sequence_length"]) == (model.capabilities != {"images"})
    assert bool(model.meta_data["hidden_size"]) == (model.capabilities == {"embeddings"})
    assert model.meta_data["license"].startswith("https://")
    assert model.meta_data["location"] == model.meta_data["deployment_region"]


def test_the_first_list_is_the_one_of_the_first_reference():
    assert listed("first", "v2") == REFERENCE
    assert listed("first", "vision") == listed("today", "vision") == VISION


def test_the_list_of_today_begins_with_models_of_the_public_table():
    in_every_list_since_april = {"gpt-oss-120b", "gpt-5", "gpt-5-mini", "claude-haiku-4.5", "mistral-medium-3"}
    assert in_every_list_since_april < set(listed("today", "v2")[:9])


def test_a_sandbox_offers_the_list_that_it_is_told_to():
    names = {
        catalogue: [
            entry["id"] for entry in content(Sandbox(catalogue=catalogue).handle("GET", "/v2/models", KEY, b""))["data"]
        ]
        for catalogue in ("today", "first")
    }
    assert names == {catalogue: listed(catalogue, "v2") for catalogue in names}


def test_sizes_and_contexts_that_are_documented():
    for models in BOTH:
        sizes = {name: size for name, model in models.items() if (size := model.meta_data["hidden_size"])}
        assert sizes == {
            "jina-embeddings-v2-base-de": 768,
            "text-embedding-bge-m3": 1024,
            "text-embedding-ada-002": 1536,
        }
    assert BOTH[0]["Llama-3.3-70B-Instruct"].meta_data["max_sequence_length"] == 128000
    assert BOTH[1]["Llama-3.1-70B-Instruct"].meta_data["max_sequence_length"] == 8192


def test_open_source_models_complete_and_proprietary_ones_take_tools():
    for model in (BOTH[0] | BOTH[1]).values():
        if "chat" in model.capabilities:
            is_open = model.meta_data["source_type"] == "OPEN SOURCE"
            assert ("completions" in model.capabilities) == is_open
            # The documentation names two open ones.
            named = model.id in ("gpt-oss-120b", "Qwen3-Next-80B-A3B-Instruct")
            assert ("tools" in model.capabilities) == (not is_open or named)


def test_openai_models_alone_take_json_schemas():
    able = {model.id for model in load_models().values() if "json_schema" in model.capabilities}
    assert able == {"gpt-4o", "gpt-4.1", "gpt-5", "gpt-5-mini", "o4-mini"}
    assert all(load_models()[name].hosting == "azure" for name in able)


def test_reasoning_models_show_their_thoughts_under_either_name_or_not_at_all():
    reasoning = {name: model.reasoning for name, model in load_models().items() if model.reasoning}
    assert {found.field for found in reasoning.values()} == {"reasoning", "reasoning_content", ""}
    assert all(found.default in ("", "medium") for found in reasoning.values())
    assert [name for name, found in reasoning.items() if found.switch_off] == ["Qwen3-30B-A3B-FP8"]
