"""Spreads what one charger may draw over its conductors: how many it is asked to use, and how many its car does."""

from .measurands import Sample
from .phases import CarPhases
from .settings import ChargerSettings

FULL = 0.05  # A below its maximum that count as all that a charger can


class Spread:
    """That of one charger."""

    def __init__(self, settings: ChargerSettings) -> None:
        self.settings = settings
        self.asked: int | None = None
        """On how many conductors it is to charge; None: nobody asks for that."""
        self.in_watts = False
        """It is limited in watts only, which are the sum of all conductors."""
        self._car = CarPhases()
        self._drawn = 0.0

    def ask(self, phases: int) -> bool:
        """Ask it to charge on so many conductors; return whether that is something else than before."""
        if phases == self.asked:
            return False
        self.asked = phases
        self._car.forget()
        return True

    def forget(self) -> None:
        """Another car."""
        self._car.forget()
        self._drawn = 0.0

    def learn(self, sample: Sample) -> bool:
        """Take a sample; return whether a limit in watts is another one now."""
        self._drawn = max(sample.current)
        is_other = self._car.learn(
            sample.current, is_sum=sample.is_sum, maximum=self.settings.maximum
        )
        return is_other and self.in_watts

    def told(self, current: float, now: float) -> None:
        """Note a limit that it was told."""
        if self.in_watts and self.settings.conductors > 1:
            self._car.told(current, self._drawn, now)

    def floor(self, now: float) -> float:
        """A with less than which this car cannot charge now; 0 where that is the charger's usual floor."""
        return self.settings.maximum if self.in_watts and self._car.wants_all(now) else 0.0

    def over(self, current: float) -> int:
        """Return over how many conductors watts may be spread, without more than `current` on any."""
        conductors = self.settings.conductors
        if current >= self.settings.maximum - FULL:
            return conductors  # none can carry more, whatever the car does
        if self.asked == 1:
            return 1
        return min(self._car.known or 1, conductors)
