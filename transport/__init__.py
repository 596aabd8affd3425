"""Assisted individual transport: a ride is asked for, promised, planned, driven and accounted for.

The wings of the house, from the doors down; imports only ever go down:

    cli            a person at a terminal: demo, serve, worker, db, seed, plan, check, geo, user
    jobs           the timetable of background work, and which event is followed by which reaction
    api            every page and every machine-readable address, by the person who enters
    migrations     the shape of the database, one chain for SQLite and PostgreSQL
    bootstrap      the one place where adapters are chosen and plugged together
    schema         every room's tables, gathered
    operations     the day itself: manifests, execution, messages, quality
    booking        people, orders, contracts, money
    routing        vehicles, roads and plans; knows no names of people
    accounts       who may log in
    kernel         what everybody stands on: time, values, policy, database, events, refusals, languages
"""
