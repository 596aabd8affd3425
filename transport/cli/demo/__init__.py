"""An invented but believable service, built from a seed through the same use cases as the pages."""
