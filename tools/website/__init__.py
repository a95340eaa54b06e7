"""What turns docs/ and the lessons into the site, beside MkDocs and its plugins. `hooks` is where MkDocs calls it."""
