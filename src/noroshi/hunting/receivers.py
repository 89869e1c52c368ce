"""Events that the hunting room answers."""
