"""The people we carry and those who act for them. All personal data of the service lives here.

Rooms above ask: may this person act for that client (`mandates`), may the client ride (`eligibility`),
what must the ride provide (`needs`). Health is never stored, only what a ride needs.
"""
