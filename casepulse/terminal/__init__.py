"""What commands share: how they ask, and how they answer, on a terminal or in a pipe."""
