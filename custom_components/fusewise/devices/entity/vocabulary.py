"""Words that tell a charger, and what each of its entities is for, in the languages of most homes that have one."""

import re

__all__ = [
    "CHARGER",
    "CHARGES",
    "INVERTED",
    "IS_CHARGER",
    "MEASURED",
    "NOT_COUNTED",
    "NOT_FOR_CARS",
    "NOT_MODE",
    "NOT_OWN",
    "NOT_PLUGGED",
    "NOT_SET",
    "NOT_STATUS",
    "NOT_SWITCHED",
    "NOW",
    "OFF",
    "ON",
    "PHASES",
    "PLUGGED",
    "SET",
    "SINGLE_PHASE",
    "STATUS",
    "STORES",
    "SWITCHED",
]

# What a device is called: a thing that charges cars. Marks are taken off the letters before.
IS_CHARGER = re.compile(
    r"(?<![a-z])(?:evse|evcs|evc)(?![a-z])|(?<![a-z])(?:ev|car|auto|elbil)_?(?:charg|lade|laad|ladd)"
    r"|wall_?box|wall_?connector|charge_?(?:point|r(?![a-z])|box)|charging_?(?:station|point)|evcharg"
    r"|lade(?:station|saule|punkt|box|einheit|boks|stasjon|stander)|laad(?:paal|punt|station)"
    r"|ladd(?:box|station|are|stolp)|elbillader|borne_(?:de_)?(?:re)?charge|punto_(?:de_)?(?:re)?carga"
    r"|cargador|colonnina|carregador|ladowarka|stacja_ladowania"
    r"|lataus(?:asema|laite|piste)|nabijec(?:ka|i_stanice)|autotolto|toltoallomas"
)
# What charges something else by such a name.
NOT_FOR_CARS = re.compile(
    r"batter|solar|mppt|akku|phone|handy|tablet|laptop|vacuum|robot|mower|bike|scooter|inverter"
)
# What is called like a charger, or has entities that are, or is a car.
CHARGER = re.compile(
    IS_CHARGER.pattern + r"|(?<![a-z])(?:ev|car|vehicle|loadpoint|ladepunkt)(?![a-z])|charger"
    r"|charge_?amps|(?<![a-z])(?:vehiculo|vehicule|fahrzeug|voertuig)(?![a-z])"
)
# What has a charging current too.
STORES = re.compile(
    r"batter|discharg|(?<![a-z])(?:bms|ess|bat|soc)(?![a-z])|inverter|akku|accu|storage|entlad"
)
# Charging, as a thing that is done.
CHARGES = re.compile(
    r"charg|lade(?!n?_?plan)|(?<![a-z])lading|laad|ladd(?:ning|strom)|ladestr|opladen|(?<![a-z])(?:re)?carga|carica|ladowani"
    r"|lataus|nabijeni|nabijeci|toltes|toltoaram"
)

SET = re.compile(
    CHARGES.pattern
    + r"|curr|amp|limit|power|strom|stroom|leistung|begrenz|vermogen|courant|puissance"
    r"|effekt|corriente|potencia|corrente|potenza|virta|proud|(?<![a-z])prad(?![a-z])|(?<![a-z])moc(?![a-z])"
)
NOT_SET = re.compile(
    r"(?<![a-z])min|fuse|grid|house|home|site|offline|fall_?back|fail_?safe|default|standby|discharg"
    r"|circuit|balanc|solar|surplus|eco(?![a-z])|(?<![a-z])pv|bright|(?<![a-z])led(?![a-z])|soc|reserve|cable"
    r"|breaker|inverter|battery|energy|time|delay|price|hausanschl|netz|sicherung|sikring|sakring|zekering"
    r"|fusible|maison|entlad|uberschuss|ueberschuss|akku|energie"
    r"|helligkeit|phasen|phase_?(?:switch|count|mode)|verzoger|temperatur|ruckfall|preis"
)
NOW = re.compile(
    r"(?<![a-z])(?:set|setpoint|dynamic|target|user|override|requested|temporary)(?![a-z])"
)
STATUS = re.compile(
    r"status|state|mode|plug|(?<![a-z])cp(?![a-z])|connect|zustand|betriebsart|toestand|etat|statut"
    r"|tilstand|estado|(?<![a-z])stato|(?<![a-z])(?:stan|stav|tila|allapot)(?![a-z])"
)
NOT_STATUS = re.compile(
    r"wi_?fi|network|firmware|update|error|fault|warn|lock|online|cloud|rssi|session|cost|time|date"
    r"|reason|schedul|ocpp|phase|rfid|auth|(?<![a-z])led(?![a-z])|log|stat[ei]_of|version|battery|wlan|netzwerk|netwerk"
    r"|fehler|zeit|grund|akku|last_"
)
PLUGGED = re.compile(
    r"plug|cable|(?:car|vehicle|ev)_?[ ]?connected|connected|kabel|stecker|angesteckt|verbunden|aangesloten"
    r"|verbonden|stekker|branche|tilkoblet|tilsluttet|ansluten|conectad|enchufad|collegat|podlaczon"
)
NOT_PLUGGED = re.compile(
    r"lock|cloud|wi_?fi|network|mqtt|online|server|ocpp|broker|wlan|netzwerk|netwerk|verriegel"
)
SWITCHED = re.compile(
    CHARGES.pattern
    + r"|enabl|allow|paus|start|stop|activ|contr|on_?off|power|output|relay|aktiv|freig"
    r"|erlaub|schalter|schakel|permi|autoris|tillat|toesta"
)
NOT_SWITCHED = re.compile(
    r"lock|(?<![a-z])led(?![a-z])|light|schedul|solar|eco(?![a-z])|auto(?!ris)|random|boost|display|remote|offline|server"
    r"|phase|notif|rfid|authent|authorization|child|guest|sound|sleep|balanc|smart|plug_?and|update|cable|permanent|discharg|fast"
    r"|price|sentry|climate|valet|port|heat|sperre(?!n)|licht|lumi|kindersich|kinderslot|zeitplan|kabel"
    r"|entlad|preis|uberschuss"
)
PHASES = re.compile(
    r"phase|(?<![a-z])(?:fasen?|faser|faza|faze|fasi|fases)(?![a-z])|(?<![a-z])psm(?![a-z])"
)
SINGLE_PHASE = re.compile(
    r"(?:(?<![0-9])1|single|one|mono|ein|en|een|enkel)[^a-z0-9]*(?:phase|fase|fas(?![a-z]))"
)
NOT_MODE = re.compile(
    r"lock|(?<![a-z])led(?![a-z])|light|licht|lumi|display|phase|cable|kabel|rfid|auth|language|sprache|log"
)
INVERTED = re.compile(
    r"pause(?![^a-z]*resume)|block|suspend|disable|forbid|inhibit|prevent|pausier|sperr|pauze|verhinder"
)
MEASURED = re.compile(
    r"max|limit|pilot|(?<![a-z])set|offer|(?<![a-z])min|avail|rated|target|neutral|n_current|soll|ziel"
    r"|grenz|doel"
)
NOT_OWN = re.compile(
    r"grid|mains|house|home|solar|(?<![a-z])(?:pv|ct(?![a-z]))|reactive|apparent|factor|meter_value|site|hausanschl|hausverbr|netz"
)
NOT_COUNTED = re.compile(
    r"remain|target|battery|export|return|limit|hour|day|daily|week|month|year|last|previous|saved|price"
    r"|heute|gestern|monat|woche|vandaag|maand"
)


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


# A select's options, the likeliest first.
ON = _words(
    "fast now on normal charge charging start active enabled enable manual max max_charge allowed resume always_on "
    "ein an laden schnell sofort aktiv erlaubt aan snel nu marche rapide pa hurtig snabb encendido rapido "
    "acceso neutral instant_charging immediate start_charge start_charging"
)
OFF = _words(
    "off stop stopped pause paused disabled disable inactive not_allowed always_off halt aus pausiert gesperrt uit "
    "gestopt arret av stoppet pausad apagado parado spento dont_charge don_t_charge stop_charge stop_charging"
)
