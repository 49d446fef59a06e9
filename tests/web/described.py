"""Holds a running service to its own description, by schemathesis."""

from typing import Any

from hypothesis import HealthCheck, given, settings


def check_operations(described: Any, examples: int) -> int:
    """Ask every operation for what its description allows and for what it does not, and hold each
    answer to it.

    Args:
        described: what schemathesis has read.
        examples: how many requests an operation gets.

    Returns:
        how many operations there are.

    Raises:
        schemathesis.FailureGroup: an answer is not as described.
    """
    operations = [each.ok() for each in described.get_all_operations()]
    for operation in operations:

        @settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck))
        @given(case=operation.as_strategy())
        def holds(case: Any) -> None:
            case.call_and_validate()

        holds()
    return len(operations)
