"""Errors that explain themselves: the message is one for whoever runs a command, and says what was
wrong, where, and what to do. A command ends with it alone, without a trace."""


class FailedError(RuntimeError):
    """Something could not be done."""

    exit_status = 1


class WrongError(ValueError):
    """What was asked for, or a setting, is wrong."""

    exit_status = 2
