"""What a new data_dir begins with: [ocpp16], [[ocpp201.variables]], [tls] and the password."""

from __future__ import annotations

import logging

from chargepoint.core.renewal import ClientPair
from chargepoint.core.station import Station
from chargepoint.core.variables import Variables
from chargepoint.core.words import CertificateUse, VariableRef
from chargepoint.security.tls import pem_text
from chargepoint.settings.model import Settings
from chargepoint.settings.sections import Tls

log = logging.getLogger(__name__)


def seed(station: Station, settings: Settings) -> None:
    """Give the station the installer's values where it has none of its own yet.

    Raises SettingsError for a certificate or key that cannot be read.
    """
    _seed_variables(station.variables, settings)
    _seed_certificates(station, settings.tls)


def _seed_certificates(station: Station, tls: Tls) -> None:
    for use, roots in (
        (CertificateUse.CSMS_ROOT, tls.csms_root_ca),
        (CertificateUse.MANUFACTURER_ROOT, tls.manufacturer_root_ca),
        (CertificateUse.V2G_ROOT, tls.v2g_root_ca),
        (CertificateUse.MO_ROOT, tls.mo_root_ca),
    ):
        station.trust.seed(use, [pem_text(root) for root in roots])
    if tls.client_cert and tls.client_key:
        from chargepoint.security.keys import plain_key  # as core.lazy

        password = tls.client_key_password.get_secret_value() if tls.client_key_password else ""
        key = plain_key(pem_text(tls.client_key), password)
        station.renewal.seed(ClientPair(pem_text(tls.client_cert), key))


def _seed_variables(variables: Variables, settings: Settings) -> None:
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
