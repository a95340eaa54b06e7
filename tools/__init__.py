"""Scripts for maintainers: run them with `python -m tools.NAME` from the project's root."""
