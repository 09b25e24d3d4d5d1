"""How much may the car draw? Pure arithmetic over limits and schedules."""
