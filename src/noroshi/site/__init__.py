"""The composition root: settings, addresses, commands. It may import every room; none imports it."""
