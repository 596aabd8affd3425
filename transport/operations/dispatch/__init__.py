"""The day itself: plans put in force, the driver's manifest, what happened at the doors."""
