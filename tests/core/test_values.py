"""Our ``@dataclass`` gives what the standard library's gives, for the kinds that we have."""

from __future__ import annotations

import copy
import dataclasses
import pickle
from dataclasses import field, replace

import pytest

from chargepoint.core.values import dataclass
from profiles.limits import Limit


@dataclass(frozen=True, slots=True)
class Seen:
    """Has every kind of field."""

    who: str
    limit: Limit = Limit(6.0, "test")
    many: dict[str, int] = field(default_factory=dict)
    secret: str = field(default="", repr=False)
    noise: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class SeenTwice(Seen):
    again: bool = True


@dataclass(frozen=True, slots=True)
class Nothing:
    pass


@dataclass(frozen=True, slots=True)
class Alone:
    amps: float

    def __post_init__(self) -> None:
        if self.amps < 0.0:
            raise ValueError("amperes")

    def __repr__(self) -> str:
        return f"{self.amps:g} A"


@dataclass(slots=True)
class Tally:
    count: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    name: str


def test_values_are_taken_by_place_and_by_name_and_have_their_defaults():
    seen = Seen("me", many={"a": 1})

    assert (seen.who, seen.limit, seen.many, seen.noise) == ("me", Limit(6.0, "test"), {"a": 1}, 0)
    assert Seen("a").many is not Seen("b").many
    assert SeenTwice("me", again=False).again is False
    with pytest.raises(TypeError, match="who"):
        Seen()  # type: ignore[call-arg]


def test_equal_are_those_of_one_class_whose_compared_values_are():
    assert Seen("me", noise=1) == Seen("me", noise=2) != Seen("you")
    assert Seen("me") != SeenTwice("me")
    assert Nothing() == Nothing()
    assert Alone(1.0) == Alone(1.0) != Alone(2.0)
    assert Row("a") != Row("a")


def test_they_are_hashed_by_what_is_compared():
    assert hash(Alone(1.0)) == hash(Alone(1.0))
    assert len({Nothing(), Nothing(), Row("a"), Row("a")}) == 3
    with pytest.raises(TypeError, match="unhashable"):
        hash(Tally())


def test_nobody_changes_a_frozen_value():
    for change in (lambda: setattr(Alone(1.0), "amps", 2.0), lambda: delattr(Alone(1.0), "amps")):
        with pytest.raises(dataclasses.FrozenInstanceError, match="amps"):
            change()
    with pytest.raises(AttributeError):
        Tally().more = 1  # type: ignore[attr-defined]
    tally = Tally()
    tally.count += 1
    assert tally == Tally(1)


def test_they_show_their_fields_unless_the_class_knows_better():
    assert repr(Tally(2)) == "Tally(count=2)"
    assert "secret" not in repr(Seen("me", secret="x"))
    assert repr(Alone(6.0)) == "6 A"


def test_the_class_may_refuse_a_value():
    with pytest.raises(ValueError, match="amperes"):
        Alone(-1.0)


def test_the_standard_librarys_functions_know_them():
    seen = SeenTwice("me", many={"a": 1})

    assert replace(seen, who="you").who == "you"
    assert dataclasses.asdict(Tally(1)) == {"count": 1}
    assert [each.name for each in dataclasses.fields(SeenTwice)][-2:] == ["noise", "again"]
    match Tally(3):
        case Tally(count):
            assert count == 3


def test_copies_are_equal():
    seen = Seen("me", many={"a": 1})

    assert copy.deepcopy(seen) == seen == pickle.loads(pickle.dumps(seen))
    assert copy.deepcopy(seen).many is not seen.many
