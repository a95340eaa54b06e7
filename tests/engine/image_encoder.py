"""An image encoder of random numbers for llama.cpp, so that a text model accepts images.

The model sees nothing in them. What is real is the way from the request to the tokens: data URLs, fetching, decoding,
sizes, and errors.
"""

import struct
from pathlib import Path

import numpy as np

_HEADS, _WIDTH, _INNER = 4, 64, 128
_SIZE, _PATCH = 128, 16  # in pixels
_MODEL_WIDTH = 576  # of SmolLM2-135M
# GGUF: the numbers that stand for types, and where the data of tensors may begin.
_UINT32, _FLOAT32, _BOOL, _STRING, _ARRAY = 4, 6, 7, 8, 9
_ALIGNMENT = 32


def write_image_encoder(path: Path) -> None:
    """Write the encoder in the form GGUF, with the names that LLaVA's encoder has in llama.cpp."""
    vision = {
        "image_size": _SIZE,
        "patch_size": _PATCH,
        "embedding_length": _WIDTH,
        "feed_forward_length": _INNER,
        "block_count": 1,
        "projection_dim": _MODEL_WIDTH,
        "attention.head_count": _HEADS,
    }
    fields = [
        _field("general.architecture", _STRING, _text("clip")),
        _field("general.type", _STRING, _text("mmproj")),
        _field("clip.has_vision_encoder", _BOOL, b"\1"),
        _field("clip.projector_type", _STRING, _text("mlp")),
        _field("clip.use_gelu", _BOOL, b"\1"),
        _field("clip.vision.attention.layer_norm_epsilon", _FLOAT32, struct.pack("<f", 1e-6)),
    ]
    fields += [_field(f"clip.vision.{name}", _UINT32, struct.pack("<I", number)) for name, number in vision.items()]
    half = struct.pack("<IQ3f", _FLOAT32, 3, 0.5, 0.5, 0.5)
    fields += [_field(f"clip.vision.{name}", _ARRAY, half) for name in ("image_mean", "image_std")]
    entries, data = b"", b""
    random = np.random.default_rng(1)
    for name, shape in _shapes().items():
        entries += _text(name) + struct.pack(f"<I{len(shape)}QIQ", len(shape), *reversed(shape), 0, len(data))
        data += _padded((random.standard_normal(shape) * 0.02).astype("<f4").tobytes())
    head = struct.pack("<4sIQQ", b"GGUF", 3, len(_shapes()), len(fields))
    path.write_bytes(_padded(head + b"".join(fields) + entries) + data)


def _shapes() -> dict[str, tuple[int, ...]]:
    shapes = {
        "v.patch_embd.weight": (_WIDTH, 3, _PATCH, _PATCH),
        "v.patch_embd.bias": (_WIDTH,),
        "v.position_embd.weight": ((_SIZE // _PATCH) ** 2, _WIDTH),
    }
    linear = {"v.post_ln": (_WIDTH,), "mm.0": (_MODEL_WIDTH, _WIDTH), "mm.2": (_MODEL_WIDTH, _MODEL_WIDTH)}
    linear |= {f"v.blk.0.attn_{name}": (_WIDTH, _WIDTH) for name in ("q", "k", "v", "out")}
    linear |= {"v.blk.0.ln1": (_WIDTH,), "v.blk.0.ln2": (_WIDTH,)}
    linear |= {"v.blk.0.ffn_up": (_INNER, _WIDTH), "v.blk.0.ffn_down": (_WIDTH, _INNER)}
    for name, shape in linear.items():
        shapes |= {f"{name}.weight": shape, f"{name}.bias": shape[:1]}
    return shapes


def _field(name: str, kind: int, value: bytes) -> bytes:
    return _text(name) + struct.pack("<I", kind) + value


def _text(text: str) -> bytes:
    return struct.pack("<Q", len(text)) + text.encode()


def _padded(data: bytes) -> bytes:
    return data + bytes(-len(data) % _ALIGNMENT)
