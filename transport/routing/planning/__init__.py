"""The day's book: service days, promises, the runs that keep them, proposals, published versions.

The live runs and stops of a day are **the witness**: a complete feasible plan that contains every promise.
Looking at offers writes nothing; a promise is kept in the book only after the judge agreed; planning improves the
live plan and can never break a promise. Knows no names of people: only ids, seconds and places.
"""
