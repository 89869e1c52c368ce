"""The demonstration: a made-up sector in which the whole loop is played by the ways that people use."""
