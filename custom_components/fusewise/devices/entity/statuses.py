"""What the words mean in which chargers tell their status, in English and in other languages."""

from collections.abc import Mapping

from homeassistant.core import State

from ...balancing.model import ChargerStatus
from .words import plain

__all__ = ["status_of"]

_WORDS = {
    ChargerStatus.AVAILABLE: (
        "available disconnected not_connected unplugged no_car no_vehicle no_ev no_ev_connected idle off "
        "ev_disconnected not_connected_to_ev no_ev_plugged_in no_vehicle_connected no_car_connected not_plugged_in vehicle_disconnected car_not_connected standby not_plugged a a1 a2 "
        "state_a state_a1 state_a2 vehicle_not_connected ev_not_connected cable_unplugged "
        # German, Dutch, French
        "verfugbar frei getrennt nicht_verbunden nicht_angeschlossen kein_fahrzeug kein_auto ausgesteckt "
        "beschikbaar niet_verbonden niet_aangesloten losgekoppeld ontkoppeld geen_auto geen_voertuig "
        "disponible debranche deconnecte non_branche non_connecte aucun_vehicule "
        # Norwegian, Danish, Swedish
        "tilgjengelig ledig frakoblet ikke_tilkoblet ingen_bil frakoblet tilgaengelig ikke_tilsluttet "
        "tillganglig frankopplad ej_ansluten inte_ansluten "
        # Spanish, Italian, Portuguese, Polish
        "desconectado no_conectado desenchufado disponibile scollegato non_collegato disconnesso "
        "vapaa ei_kytketty odpojeno "
        "disponivel desligado dostepny dostepna odlaczony odlaczona niepodlaczony rozlaczony"
    ),
    ChargerStatus.PREPARING: (
        "preparing connected connected_to_ev connected_to_car vehicle_plugged_in car_plugged_in plugged_in plugged awaiting_start awaiting_authorization negotiating "
        "ready_to_charge waiting waiting_for_car connected_requesting ev_connected on pending_approval "
        "waiting_for_ev starting pending occupied b b1 b2 state_b state_b1 state_b2 vehicle_connected "
        "car_connected vehicle_detected authorizing awaiting_authentication wait_for_car "
        "verbunden angeschlossen angesteckt eingesteckt fahrzeug_verbunden auto_verbunden belegt "
        "warte_auf_fahrzeug verbonden aangesloten ingeplugd auto_verbonden bezet branche connecte occupe "
        "vehicule_connecte en_attente tilkoblet bil_tilkoblet tilsluttet ansluten inkopplad upptagen "
        "conectado enchufado vehiculo_conectado ocupado collegato connesso ligado podlaczony podlaczona"
    ),
    ChargerStatus.CHARGING: (
        "charging connected_charging boosting c d c2 d2 state_c state_c2 state_d state_d2 "
        "charging_reduced ladt laden ladevorgang lade_auf wird_geladen charge_active opladen aan_het_laden "
        "laadt bezig_met_laden en_charge charge_en_cours recharge lader oplader laddar cargando en_carga "
        "in_carica caricando a_carregar carregando ladowanie lataa ladataan nabiji nabijeni"
    ),
    ChargerStatus.SUSPENDED_EVSE: (
        "paused suspended suspended_evse stopped sleeping paused_by_scheduler charging_paused "
        "charging_stopped c1 d1 state_c1 state_d1 unterbrochen pausiert angehalten gestoppt gepauzeerd gestopt onderbroken "
        "en_pause suspendu arrete pauset satt_pa_pause pausad stoppad pausado detenido in_pausa sospeso "
        "wstrzymane wstrzymano zatrzymane zatrzymano"
    ),
    ChargerStatus.SUSPENDED_EV: (
        "suspended_ev waiting_for_car_demand waiting_car waiting_for_vehicle_demand"
    ),
    ChargerStatus.FINISHING: (
        "finishing finished complete completed charged connected_finished full charging_finished "
        "charge_complete charge_done fertig abgeschlossen beendet voll vollgeladen geladen voltooid klaar "
        "vol termine complet ferdig fullfort fuldt_opladet faerdig klar fardig completado finalizado "
        "completato completata terminato concluido zakonczono zakonczone naladowany"
    ),
    ChargerStatus.FAULTED: (
        "faulted fault error ev_error invalid e f state_e state_f fehler storung gestort fout storing "
        "defaut erreur panne feil fejl fel errore guasto fallo averia erro blad awaria"
    ),
}


def _key(word: str) -> str:
    """A word without what is written in one way here and in another there: Not-Connected, notConnected."""
    return "".join(letter for letter in plain(word) if letter.isalnum())


MEANINGS = {_key(word): status for status, words in _WORDS.items() for word in words.split()}


def status_of(state: State | None, statuses: Mapping[str, str]) -> ChargerStatus | None:
    """What a status means; None where it is missing or a word that nobody knows."""
    if state is None:
        return None
    word = _key(state.state)
    meant = next((known for said, known in statuses.items() if _key(said) == word), None)
    if meant is not None:
        return ChargerStatus(meant)
    if word.startswith(("error", "fehler")):
        return ChargerStatus.FAULTED
    return MEANINGS.get(word)
