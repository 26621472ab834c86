"""What the words mean in which chargers tell their status."""

from collections.abc import Mapping

from homeassistant.core import State

from ...balancing.model import ChargerStatus

__all__ = ["status_of"]

_WORDS = {
    ChargerStatus.AVAILABLE: (
        "available disconnected not_connected unplugged no_car no_vehicle no_ev_connected idle off "
        "ev_disconnected not_plugged_in vehicle_disconnected car_not_connected standby a"
    ),
    ChargerStatus.PREPARING: (
        "preparing connected plugged_in plugged awaiting_start awaiting_authorization "
        "ready_to_charge waiting waiting_for_car connected_requesting ev_connected on pending_approval "
        "waiting_for_ev starting pending occupied b"
    ),
    ChargerStatus.CHARGING: "charging connected_charging boosting c d",
    ChargerStatus.SUSPENDED_EVSE: (
        "paused suspended suspended_evse suspendedevse stopped sleeping paused_by_scheduler"
    ),
    ChargerStatus.SUSPENDED_EV: "suspended_ev suspendedev waiting_for_car_demand",
    ChargerStatus.FINISHING: "finishing finished complete completed charged connected_finished full",
    ChargerStatus.FAULTED: "faulted fault error ev_error invalid e f",
}
MEANINGS = {word: status for status, words in _WORDS.items() for word in words.split()}


def status_of(state: State | None, statuses: Mapping[str, str]) -> ChargerStatus | None:
    """What a status means; None where it is missing or a word that nobody knows."""
    if state is None:
        return None
    meant = statuses.get(state.state)
    if meant is not None:
        return ChargerStatus(meant)
    word = state.state.lower().replace(" ", "_").replace("-", "_")
    return MEANINGS.get(word)
