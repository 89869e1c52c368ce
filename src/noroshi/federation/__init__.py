"""Federation: what one installation hands to another, and takes from it."""
