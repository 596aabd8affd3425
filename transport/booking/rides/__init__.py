"""The client's order from the wish to the end: drafts, requests, rides, offers, denials.

A ride is one direction for one party. Its status moves only along `lifecycle`; its promise lives in planning.
"""
