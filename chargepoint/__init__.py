"""Who decides, and who talks: the OCPP charge-point agent."""
