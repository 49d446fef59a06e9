"""Kafka and Faust: settings, topics, the application, and where events come from."""
