"""Thin shells between Kafka and the pure core, and what the core's figures are shown on."""
