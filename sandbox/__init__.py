"""A stand-in for the service on the reader's machine. It is not a language model and never pretends to be one.

`core` answers requests, `engines` are its skills, `catalogue` are its models, `adapters` connect it to HTTP.
"""
