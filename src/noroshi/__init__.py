"""Noroshi: collective cyber defence for a financial sector."""
