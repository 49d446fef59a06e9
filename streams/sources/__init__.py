"""Where events come from: extracts of other systems."""
