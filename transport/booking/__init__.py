"""People, orders, money: who rides, what was bought, and the client's order from wish to end.

Rooms: `standing` (orders that repeat) stands on `rides`, `rides` on `contracts` and `clients`, which do not know each
other.
"""
