"""The sandbox's models: complete, and in agreement with what the service documents."""

import pytest

from sandbox.catalogue import load_models

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


@pytest.mark.parametrize("model", load_models().values(), ids=lambda model: model.id)
def test_every_model_has_the_whole_meta_data(model):
    assert {name: type(value) for name, value in model.meta_data.items()} == FIELDS
    assert model.meta_data["max_sequence_length"] > 0
    assert bool(model.meta_data["hidden_size"]) == (model.capabilities == {"embeddings"})
    assert model.meta_data["license"].startswith("https://")


def test_the_list_begins_as_the_reference_does():
    assert [name for name, model in load_models().items() if model.path == "v2"][: len(REFERENCE)] == REFERENCE
    assert [name for name, model in load_models().items() if model.path == "vision"] == [
        "llava-v1.6-34b",
        "llava-v1.6-vicuna-13b",
    ]


def test_sizes_and_contexts_that_are_documented():
    models = {name: model.meta_data for name, model in load_models().items()}
    sizes = {name: data["hidden_size"] for name, data in models.items() if data["hidden_size"]}
    assert sizes == {
        "jina-embeddings-v2-base-de": 768,
        "text-embedding-bge-m3": 1024,
        "text-embedding-ada-002": 1536,
    }
    assert models["Llama-3.1-70B-Instruct"]["max_sequence_length"] == 8192


def test_open_source_models_complete_and_proprietary_ones_take_tools():
    for model in load_models().values():
        if model.capabilities != {"embeddings"}:
            is_open = model.meta_data["source_type"] == "OPEN SOURCE"
            assert ("completions" in model.capabilities) == is_open
            # The service says "some T-Cloud models" without names; one stands for them.
            assert ("tools" in model.capabilities) == (not is_open or model.id == "gpt-oss-120b")


def test_openai_models_alone_take_json_schemas():
    able = {model.id for model in load_models().values() if "json_schema" in model.capabilities}
    assert able == {"gpt-4o", "gpt-4.1", "gpt-5-mini", "o4-mini"}
    assert all(load_models()[name].hosting == "azure" for name in able)


def test_reasoning_models_show_their_thoughts_under_either_name_or_not_at_all():
    reasoning = {name: model.reasoning for name, model in load_models().items() if model.reasoning}
    assert {found.field for found in reasoning.values()} == {"reasoning", "reasoning_content", ""}
    assert all(found.default in ("", "medium") for found in reasoning.values())
    assert [name for name, found in reasoning.items() if found.switch_off] == ["Qwen3-Next-80B-A3B-Instruct"]
