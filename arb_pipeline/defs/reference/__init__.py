"""Reference data: what the exchanges list."""
