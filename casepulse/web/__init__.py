"""Where people look: pages and JSON over the live view in Redis, which it only reads."""
