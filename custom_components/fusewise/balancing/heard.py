"""Whether a meter answers what cars do: one that shows half of it, or the wrong way round, is not believed.

A move of the cars by some amperes must show on the meter. The house moves too, so a move only tells where it
begins and ends in some seconds of rest, and one answer is none: some that agree accuse, and two that are right
acquit. What others do in answer to the cars is no fault of the meter:

- The cars follow the house, at the limit: then meter and cars do not move together. So a move tells only where
  the house was quiet until the cars were told, and where the room for it was there before.
- A home battery, or an inverter that may not export, keeps the site at nothing and hides what cars do. So a move
  tells only where the meter shows that something flows, the same way before and after.
- A battery that shaves peaks keeps the site at some other figure, or gives all that it has. So a meter shows less
  only where different moves end at different figures, and it shows the same part of each.
"""

from collections.abc import Iterable
from dataclasses import replace

from .codes import FallbackCause, NoticeCode
from .decision import Notice
from .memory import UNHEARD, Answer, Heard, Memory, Rest
from .model import NEVER, Circuit, PerPhase, Phase
from .per_phase import higher, lower, minus
from .seen import Seen

__all__ = ["LIES", "accusation", "acquit", "listen", "notices_of"]

LIES = frozenset({FallbackCause.REVERSED, FallbackCause.READS_LESS})

LATE = 10.0  # s after which even a late meter has shown a move
QUIET = 10.0  # s of rest before and after a move …
SAMPLES = 3  # … with so many samples at least …
FLICKERS = 1.2  # … that differ by no more (A): by one where a meter shows whole amperes
TOGETHER = 60.0  # s at most between these: the house does not stand still for longer
MOVED = 0.5  # A: cars that draw the same differ by less
STEP = 4.0  # A: smaller moves drown in what a house does
FULLY = 0.75, 1.35  # of a move: it was shown
ELSEWHERE = 0.5
WRONG_WAY = -0.5
NOTHING_OF_IT = 0.3
AGREE = 0.2  # by which answers that show a part of it differ at most
SURE, ACQUITTED = 3, 2
SURE_OF_A_PART = 4  # there is more that hides a part than what turns it round
AGAIN = 2  # is enough for what two phases show at once: no house goes down twice by more than cars go up
FLOWS, FLOWS_ON_PHASE = (
    2.0,
    0.7,
)  # A: more than a battery that keeps nothing at nothing lets through
PEAKS_DIFFER = 1.0  # A
STEPS_DIFFER = 1.3  # times
KEPT = 6  # answers


def listen(heard: Heard, shown: PerPhase, at: float, cars: Seen, circuit: Circuit) -> Heard:
    """What is known, after the meter's new sample, of how it answers the cars behind it."""
    oldest, drawn, told_at = min(cars.oldest), cars.amperes, heard.told_at
    if oldest == NEVER:  # one of them does not measure
        return _waiting(heard, heard.cars, at, told_at, None)
    rest, samples = heard.rest, heard.samples
    if cars.told_at > told_at:
        told_at, rest, samples = cars.told_at, _rest_until_told(heard), 0
    if drawn != heard.cars and max(map(abs, minus(drawn, heard.cars))) >= MOVED:
        return _waiting(heard, drawn, at, told_at, rest)
    if at < max(heard.since, told_at) + LATE:
        return _waiting(heard, heard.cars, heard.since, told_at, rest)
    begins, low, high = at, shown, shown
    if samples:
        begins, low, high = heard.begins, lower(heard.low, shown), higher(heard.high, shown)
    heard = Heard(
        heard.cars,
        heard.since,
        told_at,
        begins,
        samples + 1,
        low,
        high,
        rest,
        heard.answers,
        heard.accused,
    )
    # What cars do is known up to their oldest sample only.
    if samples + 1 < SAMPLES or min(at, oldest) < begins + QUIET:
        return heard
    return _rested(heard, at, circuit)


def accusation(heard: Heard) -> FallbackCause | None:
    """Why the meter is not believed; None: it is."""
    one, two, three = heard.accused
    return one or two or three


def acquit(memory: Memory, changed: Iterable[str]) -> Memory:
    """The memory once these meters were changed: what they have shown before says nothing about them."""
    meters = dict(memory.meters)
    for name in changed:
        if name in meters and meters[name].heard.accused != UNHEARD.accused:
            meters[name] = replace(meters[name], heard=UNHEARD)
    return replace(memory, meters=meters)


def notices_of(circuit: Circuit, heard: Heard) -> list[Notice]:
    """What its owner ought to know of the circuit's meter, with the phases in `detail`."""
    found: list[Notice] = []
    if heard.answers == UNHEARD.answers and heard.accused == UNHEARD.accused:
        return found  # as nearly always
    for phase, cause, answers in zip(Phase, heard.accused, heard.answers, strict=True):
        share = answers[-1].share if answers else None
        if cause is not None:
            code = NoticeCode.METER_REVERSED
            if cause is FallbackCause.READS_LESS:
                code = NoticeCode.METER_READS_LESS
            found.append(Notice(code=code, subject=circuit.id, figure=share, detail=phase.name))
        elif (seen_on := _swapped(answers)) is not None:
            detail = f"{phase.name} {seen_on.name}"
            found.append(Notice(code=NoticeCode.METER_SWAPPED, subject=circuit.id, detail=detail))
    return found


def _waiting(
    heard: Heard, cars: PerPhase, since: float, told_at: float, rest: Rest | None
) -> Heard:
    """The cars draw this since then: no sample of the meter counts until it must have shown that."""
    return Heard(
        cars,
        since,
        told_at,
        heard.begins,
        0,  # samples
        heard.low,
        heard.high,
        rest,
        heard.answers,
        heard.accused,
    )


def _rest_until_told(heard: Heard) -> Rest | None:
    """A car was told something: a house that has moved until then may be the reason."""
    rest = heard.rest
    if rest is not None and heard.samples and rest.cars == heard.cars:
        # Later, while cars do what they were told, it would be their own move.
        low, high = lower(heard.low, rest.shown), higher(heard.high, rest.shown)
        if max(minus(high, low)) > FLICKERS:
            return None
    return rest


def _rested(heard: Heard, at: float, circuit: Circuit) -> Heard:
    """The last seconds are complete: where all was quiet, they end a move that began in the rest before them."""
    was = heard.rest
    if max(minus(heard.high, heard.low)) > FLICKERS:
        return replace(heard, rest=None, samples=0)
    one, two, three = [(low + high) / 2 for low, high in zip(heard.low, heard.high, strict=True)]
    now = Rest(at=at, shown=(one, two, three), cars=heard.cars)
    if was is not None and heard.begins - was.at <= TOGETHER:
        heard = _compare(heard, was, now, circuit)
    return replace(heard, rest=now, samples=0)


def _compare(heard: Heard, was: Rest, now: Rest, circuit: Circuit) -> Heard:
    """Take in how the meter answered a move on each phase."""
    cars, meter = minus(now.cars, was.cars), minus(now.shown, was.shown)
    moved = [phase for phase in Phase if abs(cars[phase]) >= STEP]
    shares = {phase: meter[phase] / cars[phase] for phase in moved}
    answers, accused = list(heard.answers), list(heard.accused)
    for phase, share in shares.items():
        if share > FULLY[1]:
            continue
        elsewhere: list[Phase] = []
        if share < FULLY[0]:
            if not _tells(was, now, phase, share, circuit):
                continue
            if abs(share) < NOTHING_OF_IT and max(shares.values()) >= FULLY[0]:
                continue  # a car on one phase, at a charger that measures but one and takes it for all
            if share < ELSEWHERE:
                elsewhere = [
                    other
                    for other in Phase
                    if abs(cars[other]) < MOVED and meter[other] / cars[phase] >= ELSEWHERE
                ]
        answer = Answer(
            share=share,
            step=abs(cars[phase]),
            most=sum((now if cars[phase] > 0 else was).shown),
            seen_on=elsewhere[0] if len(elsewhere) == 1 else None,
        )
        answers[phase] = (*answers[phase], answer)[-KEPT:]
        accused[phase] = _judged(answers[phase], accused[phase])
    twice = [phase for phase in shares if _wrong_way(answers[phase], AGAIN)]
    if len(twice) > 1:
        for phase in twice:
            accused[phase] = FallbackCause.REVERSED
    return replace(
        heard,
        answers=(answers[0], answers[1], answers[2]),
        accused=(accused[0], accused[1], accused[2]),
    )


def _tells(was: Rest, now: Rest, phase: Phase, share: float, circuit: Circuit) -> bool:
    """Nobody else can have hidden the move: neither the cars that follow the house nor a battery."""
    lower, higher = (was, now) if now.cars[phase] > was.cars[phase] else (now, was)
    step = higher.cars[phase] - lower.cars[phase]
    if lower.shown[phase] + step > circuit.rating[phase] * circuit.usable_share:
        return False
    before, after = sum(was.shown), sum(now.shown)
    all_cars = sum(higher.cars) - sum(lower.cars)
    all_shown = sum(higher.shown) - sum(lower.shown)
    all_wrong = share <= WRONG_WAY and all_cars > 0 and all_shown <= WRONG_WAY * all_cars
    if all_wrong and max(lower.cars) < MOVED:
        return True  # nothing that keeps the site at a figure goes beyond it
    return (
        before * after > 0
        and min(abs(before), abs(after)) >= FLOWS
        and was.shown[phase] * now.shown[phase] > 0
        and min(abs(was.shown[phase]), abs(now.shown[phase])) >= FLOWS_ON_PHASE
    )


def _judged(answers: tuple[Answer, ...], accused: FallbackCause | None) -> FallbackCause | None:
    """Whether these answers accuse the meter, or acquit it."""
    shares = [answer.share for answer in answers]
    if shares[-1] >= FULLY[0]:
        again = len(shares) >= ACQUITTED and min(shares[-ACQUITTED:]) >= FULLY[0]
        return None if again else accused
    if _wrong_way(answers, SURE):
        return FallbackCause.REVERSED
    # Since it last showed a move as it was:
    lately = answers[_after_the_last_right_one(shares) :]
    if len(lately) >= SURE_OF_A_PART and _is_a_part(lately):
        return FallbackCause.READS_LESS
    return accused


def _after_the_last_right_one(shares: list[float]) -> int:
    return max((n + 1 for n, share in enumerate(shares) if share >= FULLY[0]), default=0)


def _is_a_part(answers: tuple[Answer, ...]) -> bool:
    """The meter shows the same part of each move. What a battery hides is another part of other moves."""
    shares = [answer.share for answer in answers]
    most, steps = [answer.most for answer in answers], [answer.step for answer in answers]
    return (
        min(shares) > WRONG_WAY
        and max(shares) - min(shares) <= AGREE
        and max(most) - min(most) >= PEAKS_DIFFER
        and max(steps) >= STEPS_DIFFER * min(steps)
        and all(answer.seen_on is None for answer in answers)
    )


def _wrong_way(answers: tuple[Answer, ...], often: int) -> bool:
    """The last of them were all turned round."""
    lately = answers[-often:]
    return len(lately) == often and all(answer.share <= WRONG_WAY for answer in lately)


def _swapped(answers: tuple[Answer, ...]) -> Phase | None:
    """Where the last of them were all seen instead."""
    lately = answers[-SURE:]
    if len(lately) < SURE or lately[0].seen_on is None:
        return None
    seen_on = lately[0].seen_on
    return seen_on if all(answer.seen_on == seen_on for answer in lately) else None
