"""The kit: what every room uses to talk to people and machines."""
