"""Events that the notify room answers."""
