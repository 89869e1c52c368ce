"""Pages of the hunting room: hits, hunts and the lake; what rules detect; the rules themselves."""
