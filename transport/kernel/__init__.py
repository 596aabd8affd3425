"""What everybody stands on: values, errors, the clock, the database, events, the rules in numbers.

Small and stable; knows no room of the house. Every wing may import it, it imports none of them.
"""
