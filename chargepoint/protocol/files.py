"""Orders about files that 1.6's security extension took over from 2.0.1 word by word. Pure.

Source: 2.0.1 part 2, GetLogRequest and UpdateFirmwareRequest; security white paper, sections
5.9 and 5.21.
"""

from __future__ import annotations

from collections.abc import Mapping

from chargepoint.core.messages import Command, GetLog, LogKind, LogReply, Reply, UpdateFirmware
from chargepoint.protocol.adapter import Payload
from chargepoint.protocol.fields import meaning
from chargepoint.protocol.timestamps import optional_timestamp, parse_timestamp

NAME_LENGTH = 255
KINDS: Mapping[str, LogKind] = {kind.value: kind for kind in LogKind}


def get_log(payload: Payload) -> Command:
    """Return the order that a GetLog is."""
    log = payload["log"]
    return GetLog(
        meaning(KINDS, payload["logType"], "logType"),
        log["remoteLocation"],
        payload["requestId"],
        optional_timestamp(log.get("oldestTimestamp")),
        optional_timestamp(log.get("latestTimestamp")),
        payload.get("retries"),
        payload.get("retryInterval"),
    )


def name_of(reply: Reply) -> str:
    """Return the name of the file that will come, as long as a name may be; "": none comes."""
    return reply.filename[:NAME_LENGTH] if isinstance(reply, LogReply) else ""


def firmware_update(payload: Payload) -> Command:
    """Return the order that an UpdateFirmware of 2.0.1, or a SignedUpdateFirmware, is."""
    firmware = payload["firmware"]
    return UpdateFirmware(
        location=firmware["location"],
        retrieve_at=parse_timestamp(firmware["retrieveDateTime"]),
        install_at=optional_timestamp(firmware.get("installDateTime")),
        retries=payload.get("retries"),
        retry_interval_s=payload.get("retryInterval"),
        request_id=payload["requestId"],
        certificate_pem=firmware.get("signingCertificate"),
        signature=firmware.get("signature"),
    )
