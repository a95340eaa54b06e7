"""What the lessons import for everything that is not the API itself."""

from helpers.diagrams import draw_chunks, draw_lines, draw_messages, draw_models, draw_parts, draw_points, draw_tree
from helpers.exercises import check
from helpers.images import download_boardwalk, show_image
from helpers.models import find_capabilities, model_table, pick_model, read_meta_data
from helpers.service import start_sandbox, use_service

__all__ = [
    "check",
    "download_boardwalk",
    "draw_chunks",
    "draw_lines",
    "draw_messages",
    "draw_models",
    "draw_parts",
    "draw_points",
    "draw_tree",
    "find_capabilities",
    "model_table",
    "pick_model",
    "read_meta_data",
    "show_image",
    "start_sandbox",
    "use_service",
]
