"""Detections: Sigma rules, and what they find in a lake. It knows no Django."""
