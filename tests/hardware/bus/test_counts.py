"""What is worth a warning on a line."""

from hardware.bus.counts import WARNS_AFTER, BusState, Counts, Trouble


def test_a_line_that_is_lost_is_one_warning_and_its_devices_none() -> None:
    lost = Counts()
    for _ in range(9):
        lost.ended(Trouble.LOST, "gone")
    state = BusState("/dev/ttyUSB0", why="no such device", devices={"11": lost, "12": lost})

    assert list(state.warnings()) == ["no such device"]


def test_a_device_is_a_warning_when_it_fails_again_and_again() -> None:
    counts = Counts()
    state = BusState("/dev/ttyUSB0", open=True, devices={"11": counts, "12": Counts(answered=7)})
    for _ in range(WARNS_AFTER):
        assert list(state.warnings()) == []
        counts.ended(Trouble.SILENT, "device 11 does not answer")
    assert list(state.warnings()) == ["device 11 does not answer"]
    counts.was_answered(0.04)

    assert list(state.warnings()) == []
    assert (counts.silent, counts.answered, counts.why) == (WARNS_AFTER, 1, "")
