"""OCPP 2.0.1: conversions between its words and the core's."""

from chargepoint.protocol.v201.adapter import Adapter201

__all__ = ["Adapter201"]
