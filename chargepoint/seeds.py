"""What a new data_dir begins with: [ocpp16], [[ocpp201.variables]] and the password."""

from __future__ import annotations

import logging

from chargepoint.core.variables import Variables
from chargepoint.core.words import VariableRef
from chargepoint.settings.model import Settings

log = logging.getLogger(__name__)


def seed(variables: Variables, settings: Settings) -> None:
    """Give the device model the installer's values where it has none of its own yet."""
    for key, value in settings.ocpp16.items():
        if not variables.seed_key(key, value):
            log.warning("[ocpp16] %s: not known here, or not with this value", key)
    for row in settings.ocpp201.variables:
        ref = VariableRef(
            row.component,
            row.variable,
            row.component_instance,
            row.instance,
            row.evse,
            row.connector,
        )
        if not variables.seed(ref, row.attribute, row.value):
            name = f"{row.component}.{row.variable}"
            log.warning("[[ocpp201.variables]] %s: not known here, or not with this value", name)
    password = settings.csms.basic_auth_password
    if password is not None:
        variables.seed_password(password.get_secret_value())
