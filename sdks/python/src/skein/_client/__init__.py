"""The platform's API, over its public contract: thin, typed, and with one error."""
