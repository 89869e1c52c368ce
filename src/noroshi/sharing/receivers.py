"""Events that the sharing room answers."""
