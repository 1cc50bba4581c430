"""An agent that dials in."""
