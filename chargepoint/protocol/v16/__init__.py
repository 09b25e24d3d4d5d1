"""OCPP 1.6-J: conversions between its words and the core's."""

from chargepoint.protocol.v16.adapter import Adapter16

__all__ = ["Adapter16"]
