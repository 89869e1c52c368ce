"""The house's own taxonomies and glossaries, in YAML (`knowledge.pack` says how they are written)."""
