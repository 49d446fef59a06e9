"""The events, what is kept for years, and the profile: models, and the codes of the field."""

if __name__ != "casepulse.schemas":  # in a checkout it can be found, and would be a second copy
    raise ImportError("import casepulse.schemas")
