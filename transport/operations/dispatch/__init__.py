"""The desk: the day as the dispatcher sees it, what needs a person, plans put in force, rosters, closing."""
