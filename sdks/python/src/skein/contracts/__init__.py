"""The contracts themselves, for whoever wants more than the SDK says: generated messages and stubs."""
