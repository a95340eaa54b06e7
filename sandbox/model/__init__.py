"""The stand-in model: from a conversation to an answer, whichever endpoint asks."""
