"""Local people and machines: the page, the HTTP API, the events, the metrics."""
