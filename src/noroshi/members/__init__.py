"""The members: organisations, people, roles, groups, tokens and sign-in."""
