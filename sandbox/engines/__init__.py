"""The sandbox's skills, one module or package each.

Each computes its answer from the request, by rules that its docstring tells.
"""
