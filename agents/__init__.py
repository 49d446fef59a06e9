"""Thin shells between Kafka and the pure core, and what the core's figures are shown on."""

if __name__ != "casepulse.agents":  # in a checkout it can be found, and would be a second copy
    raise ImportError("import casepulse.agents")
