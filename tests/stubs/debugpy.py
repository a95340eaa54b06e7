"""Stands in for the debugger that each kernel would import, a quarter of its start: no test sets a breakpoint."""

raise ImportError
