"""Vehicles and the day's plan: the planning engine, places and travel times, the fleet, the service days."""
