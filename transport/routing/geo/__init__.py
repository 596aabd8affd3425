"""Where things are and how long it takes to get there: places, addresses, roads, travel times."""
