"""The REST API and its charts, over what is stored."""
