"""The Standard Safeguarding Dataset: the tables that most English councils keep by now."""
