"""The command `casepulse`."""
