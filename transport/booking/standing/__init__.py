"""Standing orders: patterns of rides, answered date by date, all of a day together."""
