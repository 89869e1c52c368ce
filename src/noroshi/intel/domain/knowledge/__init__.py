"""What is known of attacks in general: names of techniques, groups, malware and kinds of crime, to tag signals with."""
