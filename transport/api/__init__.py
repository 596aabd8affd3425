"""The doors of the house, by audience: public, client, operator, dispatcher, driver, manager. Doors are thin."""
