"""In place of the package of this name: what the lessons use of it, for a web page."""
