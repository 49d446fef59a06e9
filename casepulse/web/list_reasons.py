"""Why people look at a list: one of these reasons, or one in their own words."""

REASONS = (
    "Going through the list with a team or a worker",
    "Checking a figure or a record",
    "Preparing for an inspection or an audit",
    "Managing risk across the service",
)

#: Characters that a reason of one's own must have, and may have.
SHORTEST, LONGEST = 3, 200

#: The last character of what one keyboard writes: no pictures, each of which needs twelve bytes.
_LAST_LETTER = 0xFFFF


def wrong_with(reason: str) -> str:
    """What is wrong with somebody's own reason; nothing, if it will do."""
    if len(reason) < SHORTEST:
        return "Write why you look at this list"
    if len(reason) > LONGEST:
        return f"The reason must have {LONGEST} characters or fewer"
    # A cookie holds it, and the log is read by people.
    if not reason.isprintable() or any(ord(each) > _LAST_LETTER for each in reason):
        return "Write the reason in letters, figures and punctuation, on one line"
    return ""
