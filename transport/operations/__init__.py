"""The day itself and looking back: manifests, execution, plans put in force, indicators, the health of the data."""
