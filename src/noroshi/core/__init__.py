"""The foundation: who asks, what may be seen, what was done, and in which world."""
