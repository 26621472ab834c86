"""Proves that a charger falls back by itself: nobody renews its limit, and its current is watched as it falls.

A test needs a car that clearly draws more than the fall-back, a charger that measures, and a fuse that bears
what happens if the charger does not fall back. Where that is not so, the test waits for its next chance. One
charger is tested at a time; the others are balanced as always, beside what the tested one may draw.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from .balancing.decision import Decision
from .balancing.leeway import bears_failure, is_too_much
from .balancing.model import Charger, ChargerReading, ChargerStatus, Site

CLEARLY_MORE = 2.0  # A that a car draws above the fall-back, so that its fall can be seen
SETTLED_ON = (
    300.0  # s that a car charges before it is tested unasked: its first minutes are its own
)
SETTLED = 30.0  # s without another setpoint, before a car is tested unasked
FALLS_WITHIN = 15.0  # s after the limit's end: a slow car and a charger that measures every 10 s
FOLLOWS_WITHIN = (
    10.0  # s after the limit's end, before a sample shows that the current did not fall
)
EARLY = (
    3.0  # s before the limit's end by which clocks may differ; a fall before that is the car's own
)
NO_SAMPLE = 60.0  # s without a sample, after which a test says nothing
TOLERANCE = 0.5  # A, or …
TOLERANCE_SHARE = 0.1  # … this share, by which a charger's pilot and meter are off
ASKED_PAUSE = 60.0  # s until a test that was asked for is tried again, …
PAUSE = 600.0  # s … and one that was not


class ProofState(StrEnum):
    """How much is known of a charger's fall-back."""

    NOT_PROVED = "not_proved"
    WAITING = "waiting"
    """Somebody has asked for a test; it waits for its chance."""
    RUNNING = "running"
    PROVED = "proved"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What a charger's last test has shown."""

    proved: bool
    at: float
    fallback: float
    """A that the charger was armed with."""
    seconds: float
    """From the last word to the charger until its current had fallen, or until that was given up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Trial:
    """A test that runs."""

    charger: Charger
    session: str
    since: float
    """When the limit was renewed last."""
    until: float
    """When it ends."""
    drawn: float
    """A before: the most until the limit ends, as a car that has just begun may still be on its way up."""


class Prover:
    """Tests the chargers of a site, one at a time."""

    def __init__(self) -> None:
        """Know of no test yet."""
        self.proofs: Mapping[str, Proof] = {}
        """What each charger's last test has shown. Replaced, never changed, by a new one."""
        self._trial: _Trial | None = None
        self._asked: set[str] = set()
        self._not_before: dict[str, float] = {}
        self._ends: dict[str, float | None] = {}
        """When each charger's limit ended, as of the last cycle."""

    def ask(self, charger: str) -> None:
        """Test a charger at the next chance, whatever is known of it."""
        self._asked.add(charger)
        self._not_before.pop(charger, None)

    def forget(self, but: Mapping[str, object]) -> None:
        """Forget the chargers that are gone."""
        self.proofs = {name: proof for name, proof in self.proofs.items() if name in but}
        self._asked &= but.keys()

    def state(self, charger: Charger) -> ProofState:
        """How much is known of a charger, armed as it is now."""
        if self._trial is not None and self._trial.charger.id == charger.id:
            return ProofState.RUNNING
        if charger.id in self._asked:
            return ProofState.WAITING
        proof = self.proofs.get(charger.id)
        if proof is None:
            return ProofState.NOT_PROVED
        if not proof.proved:
            return ProofState.FAILED
        return ProofState.PROVED if self.has_proved(charger) else ProofState.NOT_PROVED

    def has_proved(self, charger: Charger) -> bool:
        """Whether the charger was seen to fall back to what it is armed with now."""
        proof = self.proofs.get(charger.id)
        return proof is not None and proof.proved and proof.fallback == charger.fallback

    @property
    def failed(self) -> frozenset[str]:
        """The chargers that were seen not to fall back."""
        return frozenset(name for name, proof in self.proofs.items() if not proof.proved)

    def step(
        self,
        site: Site,
        readings: Mapping[str, ChargerReading],
        decision: Decision | None,
        now: float,
    ) -> str | None:
        """Begin, follow or end a test, by the newest readings and the last decision.

        Returns the charger that is to be left alone in this cycle, if any.
        """
        if decision is not None:
            if self._trial is not None:
                self._trial = self._follow(self._trial, site, readings, decision, now)
            else:
                self._trial = self._begin(site, readings, decision, now)
        self._ends = {name: reading.limit_until for name, reading in readings.items()}
        return None if self._trial is None else self._trial.charger.id

    # --- beginning -------------------------------------------------------------------------------------

    def _begin(
        self, site: Site, readings: Mapping[str, ChargerReading], decision: Decision, now: float
    ) -> _Trial | None:
        if _is_disturbed(decision):
            return None
        # Who was asked for comes first.
        for charger in sorted(site.chargers, key=lambda charger: charger.id not in self._asked):
            reading = readings.get(charger.id)
            if (
                reading is not None
                and self._is_due(charger, decision, now)
                and (trial := self._chance(charger, reading, now)) is not None
                and bears_failure(site, charger, decision)
            ):
                return trial
        return None

    def _is_due(self, charger: Charger, decision: Decision, now: float) -> bool:
        if now < self._not_before.get(charger.id, now):
            return False
        if charger.id in self._asked:
            return True
        if self.state(charger) is not ProofState.NOT_PROVED:
            return False
        memory = decision.memory.chargers.get(charger.id)
        return (
            memory is not None
            and memory.on_since is not None
            and now - memory.on_since >= SETTLED_ON
            and now - memory.changed_at >= SETTLED
        )

    def _chance(self, charger: Charger, reading: ChargerReading, now: float) -> _Trial | None:
        """A test, if the car is fit for it and the limit was renewed just now: so the seconds are the longest."""
        drawn, ends = _drawn(reading), reading.limit_until
        least = charger.fallback + CLEARLY_MORE
        if (
            drawn is None
            or drawn < least
            # It was told less since: its car falls now because of that.
            or reading.limit is None
            or reading.limit < least
            or now - reading.measured_at > NO_SAMPLE
            or not reading.online
            or reading.status is not ChargerStatus.CHARGING
            or reading.session is None
            or ends is None
            or ends == self._ends.get(charger.id, ends)
        ):
            return None
        return _Trial(
            charger=charger, session=reading.session.id, since=now, until=ends, drawn=drawn
        )

    # --- following -------------------------------------------------------------------------------------

    def _follow(
        self,
        trial: _Trial,
        site: Site,
        readings: Mapping[str, ChargerReading],
        decision: Decision,
        now: float,
    ) -> _Trial | None:
        reading = readings.get(trial.charger.id)
        drawn = None if reading is None else _drawn(reading)
        if (
            reading is None
            or drawn is None
            or not _goes_on(trial, site, reading)
            or _is_disturbed(decision)
        ):
            return self._later(trial, now)
        if reading.limit_until is not None and reading.limit_until > trial.until:
            # A renewal that was on its way when the test began.
            return replace(trial, since=now, until=reading.limit_until)
        sample_at = reading.measured_at
        if sample_at > trial.since and drawn <= _with_tolerance(trial.charger.fallback):
            if sample_at < trial.until - EARLY:
                return self._later(trial, now)
            return self._conclude(trial, True, sample_at - trial.since, now)
        rises = sample_at > trial.until and drawn > _with_tolerance(trial.drawn)
        over = now >= trial.until + FALLS_WITHIN
        if rises or (over and sample_at >= trial.until + FOLLOWS_WITHIN):
            return self._conclude(trial, False, now - trial.since, now)
        unseen = now >= trial.until + FALLS_WITHIN + NO_SAMPLE
        if unseen or is_too_much(site, trial.charger, drawn, decision):
            return self._later(trial, now)
        return replace(trial, drawn=max(trial.drawn, drawn)) if sample_at <= trial.until else trial

    def _later(self, trial: _Trial, now: float) -> _Trial | None:
        """Nothing was shown: end the test, and try again after a while."""
        name = trial.charger.id
        self._not_before[name] = now + (ASKED_PAUSE if name in self._asked else PAUSE)
        return None

    def _conclude(self, trial: _Trial, proved: bool, seconds: float, now: float) -> _Trial | None:
        """End the test and keep what it has shown."""
        name, fallback = trial.charger.id, trial.charger.fallback
        proof = Proof(proved=proved, at=now, fallback=fallback, seconds=round(seconds, 1))
        self.proofs = {**self.proofs, name: proof}
        self._asked.discard(name)
        return None


def _goes_on(trial: _Trial, site: Site, reading: ChargerReading) -> bool:
    """The same car charges, or is paused by its charger, at a charger that is set up as it was."""
    charger = next((other for other in site.chargers if other.id == trial.charger.id), None)
    return (
        charger is not None
        and replace(charger, fallback_proved=trial.charger.fallback_proved) == trial.charger
        and reading.online
        and reading.status in (ChargerStatus.CHARGING, ChargerStatus.SUSPENDED_EVSE)
        and reading.session is not None
        and reading.session.id == trial.session
    )


def _drawn(reading: ChargerReading) -> float | None:
    return None if reading.current is None else max(reading.current)


def _with_tolerance(amperes: float) -> float:
    return amperes + max(TOLERANCE, TOLERANCE_SHARE * amperes)


def _is_disturbed(decision: Decision) -> bool:
    """A meter is not believed, or somebody is in a hurry."""
    return any(state.fallback is not None for state in decision.circuits) or any(
        memory.boosting for memory in decision.memory.chargers.values()
    )
