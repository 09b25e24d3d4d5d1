"""Measures the agent against a minimal client, on this machine, in one run."""
