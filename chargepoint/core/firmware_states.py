"""The states of a firmware update, and what moves it from one to the next. Tables, nothing else.

    DownloadScheduled -> Downloading <-> DownloadPaused
                              |
                         Downloaded -> SignatureVerified -> InstallScheduled
                              |                |                   |
                              +----------------+----> Installing --+-> InstallRebooting -> Installed

and from each of them to the way it can fail. What has no row changes nothing.

Source: 2.0.1 part 2 figure 118, FirmwareStatusEnumType; 1.6 security extension figure 14.
"""

from __future__ import annotations

from enum import StrEnum

from chargepoint.core.words import FirmwareStatus as S


class Move(StrEnum):
    """What moves an update."""

    FETCH = "fetch"  # its time has come, or there is a line again
    PAUSE = "pause"  # there is no line
    FETCHED = "fetched"
    GIVE_UP = "give up"  # the last try to fetch it failed
    PROVE = "prove"  # the signature is good
    DISPROVE = "disprove"
    WAIT = "wait"  # for its time, or for transactions to end
    BEGIN = "begin"
    DISTRUST = "distrust"  # the file is not any more what was downloaded
    FAIL = "fail"
    RESTART = "restart"  # it is in place
    FINISH = "finish"  # the station is up again


TRANSITIONS: dict[S, dict[Move, S]] = {
    S.DOWNLOAD_SCHEDULED: {Move.FETCH: S.DOWNLOADING},
    S.DOWNLOADING: {
        Move.PAUSE: S.DOWNLOAD_PAUSED,
        Move.FETCHED: S.DOWNLOADED,
        Move.GIVE_UP: S.DOWNLOAD_FAILED,
    },
    S.DOWNLOAD_PAUSED: {Move.FETCH: S.DOWNLOADING},
    S.DOWNLOADED: {
        Move.FETCH: S.DOWNLOADING,
        Move.PROVE: S.SIGNATURE_VERIFIED,
        Move.DISPROVE: S.INVALID_SIGNATURE,
        Move.WAIT: S.INSTALL_SCHEDULED,
        Move.BEGIN: S.INSTALLING,
    },
    S.SIGNATURE_VERIFIED: {Move.WAIT: S.INSTALL_SCHEDULED, Move.BEGIN: S.INSTALLING},
    S.INSTALL_SCHEDULED: {Move.BEGIN: S.INSTALLING},
    S.INSTALLING: {
        Move.DISTRUST: S.INSTALL_VERIFICATION_FAILED,
        Move.FAIL: S.INSTALLATION_FAILED,
        Move.RESTART: S.INSTALL_REBOOTING,
        Move.FINISH: S.INSTALLED,
    },
    S.INSTALL_REBOOTING: {Move.FAIL: S.INSTALLATION_FAILED, Move.FINISH: S.INSTALLED},
}

OVER = frozenset(S) - frozenset(TRANSITIONS)
"""The states in which an update ends."""

DOWNLOADED = frozenset({S.DOWNLOADED, S.SIGNATURE_VERIFIED, S.INSTALL_SCHEDULED})
"""The states from which it may be installed, once the file has been judged."""

INSTALLING = frozenset({S.INSTALLING, S.INSTALL_REBOOTING})

SENTENCES: dict[S, str] = {
    S.DOWNLOAD_SCHEDULED: "new firmware will be fetched later",
    S.DOWNLOADING: "fetching new firmware",
    S.DOWNLOAD_PAUSED: "fetching new firmware goes on when there is a connection",
    S.DOWNLOADED: "new firmware is here",
    S.SIGNATURE_VERIFIED: "the signature of the new firmware is good",
    S.INSTALL_SCHEDULED: "new firmware waits to be installed",
    S.INSTALLING: "installing new firmware",
    S.INSTALL_REBOOTING: "new firmware is in place, starting again",
    S.INSTALLED: "new firmware installed",
    S.DOWNLOAD_FAILED: "new firmware could not be fetched",
    S.INVALID_SIGNATURE: "the signature of the new firmware is not good",
    S.INSTALL_VERIFICATION_FAILED: "the new firmware is not what was downloaded",
    S.INSTALLATION_FAILED: "new firmware could not be installed",
}
