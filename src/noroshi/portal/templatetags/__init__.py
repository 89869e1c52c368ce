"""What the templates of the portal load."""
