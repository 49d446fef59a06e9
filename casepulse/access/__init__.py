"""Who may see which lines of the child-level lists, and the log of every look at them."""
