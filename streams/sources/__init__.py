"""Where events come from: a made-up county, and extracts of other systems."""
