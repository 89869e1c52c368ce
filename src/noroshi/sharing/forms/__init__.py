"""Forms of the sharing room: they hold what a person typed; the actions judge it."""
