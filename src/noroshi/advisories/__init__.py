"""Advisories: alerts, vulnerabilities and news from outside; what of them concerns whom; bulletins."""
