"""Intel: observables, warning lists and sightings."""
