"""What was bought, what it costs, how much is left: contracts, the capacity ledger, prices.

Bookings and plans reserve and consume here; nothing exceeds what was bought without a named override.
"""
