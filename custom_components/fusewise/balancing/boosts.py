"""Who is ahead because somebody asked for a boost, and how often that was: a site may limit it."""

from dataclasses import replace

from .codes import NoticeCode
from .decision import Notice
from .memory import ChargerMemory
from .model import Session
from .settings import Settings

__all__ = ["boosts_left", "count_boost"]

WEEK = 7 * 86_400.0


def count_boost(
    charger: str, session: Session | None, memory: ChargerMemory, settings: Settings, now: float
) -> tuple[ChargerMemory, Notice | None]:
    """Begin, keep or end a boost; a notice says when the week's boosts are spent."""
    wanted = session is not None and session.boost
    if wanted == memory.boosting:
        return memory, None
    if not wanted:
        return replace(memory, boosting=False), None
    recent = _recent(memory, now)
    if settings.boosts_per_week is not None and len(recent) >= settings.boosts_per_week:
        return memory, Notice(
            code=NoticeCode.BOOST_SPENT, subject=charger, figure=float(settings.boosts_per_week)
        )
    return replace(memory, boosting=True, boosts=(*recent, now)), None


def boosts_left(memory: ChargerMemory, settings: Settings, now: float) -> int | None:
    """How many boosts this charger may still begin; None: as many as wished."""
    if settings.boosts_per_week is None:
        return None
    return max(0, settings.boosts_per_week - len(_recent(memory, now)))


def _recent(memory: ChargerMemory, now: float) -> tuple[float, ...]:
    return tuple(begun for begun in memory.boosts if begun > now - WEEK)
