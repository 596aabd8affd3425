"""The street: what drivers need to know, what they report, when a vehicle will be where, who still needs a way home."""
