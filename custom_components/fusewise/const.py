"""The names under which Fusewise's settings are stored, and what they are when nobody changed them."""

from typing import Final

from homeassistant.const import Platform

DOMAIN: Final = "fusewise"
PLATFORMS: Final = (
    Platform.BINARY_SENSOR,
    Platform.BUTTON,
    Platform.DATETIME,
    Platform.NUMBER,
    Platform.SELECT,
    Platform.SENSOR,
    Platform.SWITCH,
    Platform.TIME,
)

PHASE_NAMES: Final = ("L1", "L2", "L3")
PHASE_KEYS: Final = ("l1", "l2", "l3")

# A site: the data of a config entry
CONF_SUPPLY: Final = "supply"
CONF_VOLTAGE: Final = "voltage"
CONF_HOUSE_ALLOWANCE: Final = "house_allowance"

# A circuit: the data of a subentry; and the main fuse, in the data of the config entry
SUBENTRY_CIRCUIT: Final = "circuit"
CONF_RATING: Final = "rating"
CONF_PARENT: Final = "parent"
CONF_OTHER_LOADS: Final = "other_loads"
CONF_LIMIT_WATTS: Final = "limit_watts"
CONF_UNBALANCE: Final = "unbalance"
CONF_DEMAND_MINUTES: Final = "demand_minutes"
CONF_PEAK_TARGET: Final = "peak_target"
CONF_BUSBAR: Final = "busbar"
CONF_BREAKER_TIME_CONSTANT: Final = "breaker_time_constant"
CONF_TRANSFORMER: Final = "transformer"
CONF_TEMPERATURE: Final = "temperature"
CONF_DERATES_FROM: Final = "derates_from"
CONF_DERATES_TO: Final = "derates_to"

# A meter: the data of a subentry
SUBENTRY_METER: Final = "meter"
CONF_CALIBRATION: Final = "calibration"
CONF_CIRCUIT: Final = "circuit"
CONF_KIND: Final = "kind"
CONF_UNIT_ID: Final = "unit_id"
CONF_INTERVAL: Final = "interval"

# How the chargers of a site connect: in the data of the config entry
CONF_OCPP: Final = "ocpp"

# The kind of a meter or a charger that Home Assistant already has
ENTITIES: Final = "entities"

# What a charger that is made of entities can be told
CONF_FLOOR: Final = "floor"
CONF_LEVELS: Final = "levels"
CONF_STEP: Final = "step"
CONF_SLOW_TO_OBEY: Final = "slow_to_obey"
CONF_SWITCHES_PHASES: Final = "switches_phases"
CONF_PHASE_SPACING: Final = "phase_spacing"
CONF_PHASE_SWITCHES: Final = "phase_switches_per_day"
CONF_PAUSABLE: Final = "pausable"

CONF_ENCRYPTION: Final = "encryption"
CONF_CERTIFICATE: Final = "certificate"
CONF_KEY: Final = "key"
CONF_CLIENT_AUTHORITY: Final = "client_authority"
CONF_NETWORKS: Final = "networks"
CONF_NEW_CHARGERS: Final = "new_chargers"

# Where chargers connect on Home Assistant's own web server
WEB_PATH: Final = "/api/fusewise/ocpp/"

# A charger: the data of a subentry
SUBENTRY_CHARGER: Final = "charger"
CONF_IDENTITY: Final = "identity"
CONF_VENDOR: Final = "vendor"
CONF_MODEL: Final = "model"
CONF_SERIAL: Final = "serial"
CONF_WIRING: Final = "wiring"
CONF_MAXIMUM: Final = "maximum"
CONF_FALLBACK: Final = "fallback"
CONF_ACCESS: Final = "access"
CONF_MODE: Final = "mode"
CONF_CARDS: Final = "cards"
CONF_PERSON: Final = "person"
CONF_TELLING: Final = "telling"
CONF_WAY: Final = "way"
CONF_UNIT: Final = "unit"
CONF_LIFE: Final = "life"
CONF_PAUSE: Final = "pause"
CONF_SPACING: Final = "spacing"
CONF_PASSWORD_HASH: Final = "password_hash"

# The sun, the batteries and the vehicles: the data of subentries
SUBENTRY_SOLAR: Final = "solar"
SUBENTRY_BATTERY: Final = "battery"
SUBENTRY_VEHICLE: Final = "vehicle"
SUBENTRY_PERSON: Final = "person"
CONF_BATTERY_USE: Final = "use"
CONF_RESERVE: Final = "reserve"
# How a site is balanced: the options of a config entry
CONF_USABLE_SHARE: Final = "usable_share"
CONF_POLICY: Final = "policy"
CONF_BOOSTS_PER_WEEK: Final = "boosts_per_week"
CONF_NETTING: Final = "netting"
CONF_HOLD: Final = "hold"
CONF_MINIMUM_ON: Final = "minimum_on"
CONF_MINIMUM_OFF: Final = "minimum_off"
CONF_TURN_TIME: Final = "turn_time"
CONF_SAFE_GRID_WATTS: Final = "safe_grid_watts"
CONF_PATIENCE: Final = "patience"
CONF_PRICE: Final = "price_entity"
CONF_CURRENCY: Final = "currency"
CONF_MAXIMUM_PRICE: Final = "maximum_price"
# What was added to the energy dashboard for the site, by its statistics
CONF_IN_ENERGY_DASHBOARD: Final = "in_energy_dashboard"

# What the forms ask besides
CONF_SITE: Final = "site"
CONF_SECURITY: Final = "security"

# The id of the main fuse; that of everything else is its subentry's
MAIN_CIRCUIT: Final = "main"
