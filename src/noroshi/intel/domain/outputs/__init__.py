"""Outputs for tools: indicators as firewalls, resolvers and sensors read them. Pure: no database, no clock."""
