"""[transfers] as the transfers understand it, and whom they trust."""

from __future__ import annotations

from pathlib import Path

import pytest
from authority import Authority
from core.driver import Driver

from chargepoint.core.words import CertificateUse
from chargepoint.hookup import transfer_rules
from chargepoint.settings.model import Settings


@pytest.mark.requirement("N01.FR.15", "N01.FR.16")
@pytest.mark.parametrize(("system_roots", "trusted"), [(True, 3), (False, 2)])
def test_servers_are_trusted_by_our_own_roots_and_if_wanted_by_the_machines(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, system_roots: bool, trusted: int
) -> None:
    (tmp_path / "machine.pem").write_text(Authority("Machine").pem)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "machine.pem"))
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path))
    station = Driver("2.0.1").station
    station.trust.seed(CertificateUse.CSMS_ROOT, [Authority("Central").pem])
    station.trust.seed(CertificateUse.MANUFACTURER_ROOT, [Authority("Maker").pem])
    station.trust.seed(CertificateUse.V2G_ROOT, [Authority("Cars").pem])
    settings = Settings.model_validate({"transfers": {"system_roots": system_roots}})
    context = transfer_rules(settings, station).tls()
    assert len(context.get_ca_certs()) == trusted
    assert context.check_hostname


def test_every_setting_arrives() -> None:
    station = Driver("2.0.1").station
    own = {
        "protocols": ["HTTPS"],
        "local_locations": False,
        "local_redirects": True,
        "largest_mb": 7,
        "keep_free_mb": 3,
        "silence_s": 5.0,
        "longest_s": 60.0,
    }
    settings = Settings.model_validate({"transfers": own, "agent": {"data_dir": "/somewhere"}})
    rules = transfer_rules(settings, station)
    assert rules.protocols == {"HTTPS"}
    assert (rules.local_locations, rules.local_redirects) == (False, True)
    assert (rules.most_bytes, rules.spare_bytes) == (7_000_000, 3_000_000)
    assert (rules.silence_s, rules.longest_s) == (5.0, 60.0)
    assert (rules.host_keys, rules.trust_first) == (Path("/somewhere/ssh_host_keys"), True)
    named = Settings.model_validate({"transfers": {"host_keys": "/etc/known"}})
    rules = transfer_rules(named, station)
    assert (rules.host_keys, rules.trust_first) == (Path("/etc/known"), False)
