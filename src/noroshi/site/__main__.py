"""`python -m noroshi.site`: the command `noroshi` where its script is not on the path."""

from noroshi.site.cli import main

main()
