"""The portal: home, navigation, search and the page that says why."""
