"""What we can drive with: providers, depots, vehicles with their layouts, drivers, shifts.

Knows nothing of people carried. `fleet` records it, `queries` answers what is on duty on a day.
"""
