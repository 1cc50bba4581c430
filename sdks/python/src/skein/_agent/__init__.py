"""What an agent is and how a piece of work is done, whichever way the work arrives."""
