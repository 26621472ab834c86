"""The list of charging sessions: who charged where, when, how much, and why it ended.

Nothing here is lost or counted twice: a session goes on after a restart of Home Assistant or of the charger,
a late end corrects an assumed one, and a meter that begins at zero again does not take energy away.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import takewhile
from typing import Any

from .devices.events import SessionBegan, SessionEnded, SessionEvent, SessionMeasured
from .session_record import SessionRecord

MOST = 5000  # sessions that are kept: ten a day for more than a year

NOTHING_FORGOTTEN: Mapping[str, float] = {}

# s after a session's end in which a charger may still say that it charges: a status that was asked for before
# the end comes after it. Until something is charged, that is no other session.
ECHO = 60.0

GONE = "gone"
"""Why a session ended, where the charger has not told: no car was there any more."""
NEXT = "next"
"""The same, where another one has begun."""


class Sessions:
    """All sessions of a site, the oldest first."""

    def __init__(
        self,
        stored: Iterable[Mapping[str, Any]] = (),
        forgotten: Mapping[str, float] = NOTHING_FORGOTTEN,
    ) -> None:
        """Go on from what was stored."""
        self._records: deque[SessionRecord] = deque()
        self._by_charger: dict[str, deque[SessionRecord]] = {}
        for record in stored:
            self._keep(SessionRecord.from_stored(record))
        self.forgotten = dict(forgotten)
        """Wh of the sessions that are not kept any more, by charger."""
        # What a charger's earlier sessions come to, before the last one.
        self._before: dict[str, tuple[SessionRecord | None, float]] = {}
        # A session that was found after a restart is the one that ran before it.
        self._same: dict[str, SessionRecord] = {}
        # What may be the echo of a session that has just ended, by charger.
        self._echoes: dict[str, SessionBegan] = {}

    @property
    def records(self) -> tuple[SessionRecord, ...]:
        """All of them that are kept."""
        return tuple(self._records)

    def open(self, charger: str) -> SessionRecord | None:
        """The session that runs at a charger."""
        last = self.last(charger)
        return last if last is not None and last.ended is None else None

    def last(self, charger: str) -> SessionRecord | None:
        """The newest session at a charger."""
        return next(self._of(charger), None)

    def total(self, charger: str) -> float:
        """Wh that a charger has delivered in all its sessions, those that are forgotten too."""
        last = self.last(charger)
        if last is None:
            return self.forgotten.get(charger, 0.0)
        known, before = self._before.get(charger, (None, 0.0))
        if known is not last:
            earlier = (record.energy_wh for record in self._of(charger) if record is not last)
            before = self.forgotten.get(charger, 0.0) + sum(earlier)
            self._before[charger] = last, before
        return before + last.energy_wh

    def charged(self, charger: str, since: float | None) -> float:
        """Wh of the session that began then; one that was paused by ending it has several parts."""
        return sum(
            record.energy_wh
            for record in takewhile(
                lambda part: part.ended is None or (since is not None and part.ended > since),
                self._of(charger),
            )
        )

    def within(
        self, begin: float | None, end: float | None, chargers: Iterable[str] | None
    ) -> list[SessionRecord]:
        """Those that ran at some time between two moments, at one of the chargers."""
        wanted = None if chargers is None else set(chargers)
        return [
            record
            for record in self._records
            if (end is None or record.began < end)
            and (begin is None or record.ended is None or record.ended >= begin)
            and (wanted is None or record.charger in wanted)
        ]

    def take(self, charger: str, event: SessionEvent) -> bool:
        """Note what has happened at a charger; return whether that should be stored soon."""
        match event:
            case SessionBegan():
                return self._began(charger, event)
            case SessionMeasured():
                return self._measured(charger, event)
            case SessionEnded():
                return self._ended(charger, event)

    def limited(self, charger: str, reason: str, seconds: float) -> None:
        """Note what has bound the session at a charger, and for how long."""
        if (record := self.open(charger)) is not None:
            limits = record.limited_by = record.limited_by or {}
            limits[reason] = limits.get(reason, 0.0) + seconds

    def _began(self, charger: str, event: SessionBegan) -> bool:
        known, running = self._find(charger, event.session), self.open(charger)
        # One that was found by its status in the second of its start has the same id.
        is_late_start = known is running and event.attempt is not None
        if known is not None and not (is_late_start and known.transaction is None):
            return False
        if running is not None and event.attempt is None:
            self._same[event.session] = running
            return False
        if running is not None and running.attempt is None and running.transaction is None:
            # Its status came before its start.
            running.attempt, running.transaction = event.attempt, event.transaction
            running.card = event.attempt[0] if event.attempt else None
            running.began = min(running.began, event.at)
            running.precede(event.register)
            self._same[event.session] = running
            return True
        if self._is_echo(charger, event):
            self._echoes[charger] = event
            return False
        self._echoes.pop(charger, None)
        if running is not None:
            running.end(running.seen, NEXT)
        self._append(charger, event)
        return True

    def _measured(self, charger: str, event: SessionMeasured) -> bool:
        is_news = self._is_none(charger, event)
        if is_news:
            self._take_seriously(charger)
        if (record := self._find(charger, event.session)) is not None:
            record.transaction = record.transaction or event.transaction
            record.measured(event.at, event.register, event.power)
        return is_news

    def _is_echo(self, charger: str, event: SessionBegan) -> bool:
        """Whether what was found by a status, not started, may be the last one, which has just ended."""
        last = self.last(charger)
        if last is None or last.ended is None or not last.is_settled:
            return False
        by_status = event.attempt is None and event.transaction is None and event.register is None
        return by_status and event.at < last.ended + ECHO

    def _is_none(self, charger: str, event: SessionMeasured) -> bool:
        """Whether what was held to be an echo is a session after all."""
        echo, last = self._echoes.get(charger), self.last(charger)
        if echo is None or last is None or event.session != echo.session:
            return False
        counts = (event.register or 0.0) > (last.register or 0.0)
        charges = bool(event.power) or event.transaction is not None or counts
        return charges or event.at > echo.at + ECHO

    def _take_seriously(self, charger: str) -> None:
        """List what was held to be an echo; it goes on where the meter was at the end of the last one."""
        last, echo = self.last(charger), self._echoes.pop(charger)
        assert last is not None
        self._append(charger, replace(echo, register=last.register))

    def _append(self, charger: str, event: SessionBegan) -> None:
        self._keep(
            SessionRecord(
                id=event.session,
                charger=charger,
                began=event.at,
                seen=event.at,
                card=event.attempt[0] if event.attempt else None,
                transaction=event.transaction,
                attempt=event.attempt,
                register=event.register,
            )
        )
        while len(self._records) > MOST:
            gone = self._records.popleft()
            self._by_charger[gone.charger].popleft()
            self.forgotten[gone.charger] = self.forgotten.get(gone.charger, 0.0) + gone.energy_wh

    def _keep(self, record: SessionRecord) -> None:
        self._records.append(record)
        self._by_charger.setdefault(record.charger, deque()).append(record)

    def _ended(self, charger: str, event: SessionEnded) -> bool:
        echo = self._echoes.get(charger)
        if echo is not None and event.session == echo.session:
            if event.at < echo.at + ECHO:
                del self._echoes[charger]
                return False
            self._take_seriously(charger)  # so long a time is none, whatever was measured
        record = self._find(charger, event.session) or self._numbered(charger, event.transaction)
        if record is None or record.is_settled:
            return False
        if event.why is None:
            if record.ended is None:
                record.end(event.at, GONE)
            return True
        record.measured(max(event.at, record.seen), event.register)
        record.end(event.at, event.why)
        record.is_settled = True
        return True

    def _find(self, charger: str, session: str | None) -> SessionRecord | None:
        if session is None:
            return None
        if (same := self._same.get(session)) is not None:
            return same
        return next((record for record in self._of(charger) if record.id == session), None)

    def _numbered(self, charger: str, transaction: int | None) -> SessionRecord | None:
        if transaction is None:
            return None
        return next(
            (record for record in self._of(charger) if record.transaction == transaction), None
        )

    def _of(self, charger: str) -> Iterator[SessionRecord]:
        """Those at a charger, the newest first."""
        return reversed(self._by_charger.get(charger, ()))
