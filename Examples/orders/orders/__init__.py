"""Orders: a small REST API over PostgreSQL."""
