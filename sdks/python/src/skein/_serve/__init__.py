"""An agent that is called."""
