"""Stands in for a package that jsonschema imports if it is there, and that takes each process two seconds to import.

It checks addresses in all languages, which no schema here asks for.
"""

raise ImportError
