"""The station itself: pure decisions. Commands and sensed facts in, actuations and events out."""
