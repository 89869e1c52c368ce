"""HTTP of the intel room: the TAXII server, and the pages about it."""
