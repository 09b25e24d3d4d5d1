"""Hours of house, sun and cars through the real station, on simulated time."""
