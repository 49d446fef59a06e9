"""Kafka and Faust: settings, topics, the application, and where events come from."""

if __name__ != "casepulse.streams":  # in a checkout it can be found, and would be a second copy
    raise ImportError("import casepulse.streams")
