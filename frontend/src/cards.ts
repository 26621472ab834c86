// Home Assistant's own cards, for the fuse, the cars, and what else a site has.
import type { Card, Section } from "./homeassistant";
import type { Part, Phase, Site } from "./site";

const WHOLE = 12; // columns of a section
const PHASE_COLORS: Record<Phase, string> = { l1: "blue", l2: "orange", l3: "teal" };
const LIMIT_COLOR = "red";

/** A text of the dashboard's, in the user's language. */
export type Text = (key: string, values?: Record<string, string | number>) => string;

/** What is shown of a charger and of a fuse: two tiles in a row, or one over the whole width. */
const CHARGER_FACTS = [
  ["status", "setpoint"],
  ["reason"],
  ["power", "session_energy"],
  ["ready_at", "boosts_left"],
];
const CIRCUIT_FACTS = [
  ["limited_by"],
  ["temperature", "thermal_share"],
  ["demand_energy", "demand_forecast"],
  ["demand_target"],
];

/** The tiles of what a charger's owner decides, and how each is worked without another dialog. */
const CHARGER_CONTROLS: [key: string, feature?: Card][] = [
  ["mode", { type: "select-options" }],
  ["vehicle", { type: "select-options" }],
  ["boost", { type: "toggle" }],
  ["departure"],
  ["next_departure"],
  ["target_energy", { type: "numeric-input", style: "buttons" }],
  ["target_percent", { type: "numeric-input", style: "buttons" }],
];

/** What is said where nobody has said a time: 'Unknown' would sound as if something were wrong. */
const NOT_SET: Record<string, string | undefined> = {
  departure: "no_departure",
  next_departure: "no_next_departure",
};

/** What a tile shows besides the state. */
const FIGURES: Record<string, string[] | undefined> = { reason: ["state", "bound"] };

/** What nobody can use without a vehicle whose state of charge is known. */
const WITH_VEHICLES = "target_percent";

const ICONS: Record<string, string | undefined> = {
  battery: "mdi:home-battery",
  meter: "mdi:meter-electric",
  solar: "mdi:solar-power-variant",
  vehicle: "mdi:car-electric",
};

/** What most people do not use: shown when there is something to show. */
const RARE = new Set(["ready_at", "boosts_left"]);

/** What is only shown while it is so. */
const CHARGER_ALARMS = ["problem", "late"];
const SITE_ALARMS = ["fallback", "grid_limit"];

/** The fuse of a circuit: what it carries on each phase, what it leaves for cars, and how that came. */
export function circuitSection(circuit: Part, title: string, hours: number, text: Text): Section {
  const { rating } = circuit;
  return section(
    rating.length ? `${title}, ${ratingInWords(rating)}` : title,
    "mdi:fuse",
    [
      ...gauges(circuit),
      ...chips(text("left"), circuit, "headroom"),
      ...facts(circuit, CIRCUIT_FACTS),
      ...loadGraph(circuit, hours, text),
    ],
  );
}

function gauges(circuit: Part): Card[] {
  const loads = circuit.onPhases("load");
  return loads.map(({ phase, entity, rating }) => ({
    type: "gauge",
    entity,
    name: phase.toUpperCase(),
    needle: true,
    min: 0,
    ...(rating && {
      max: Math.round(rating * 1.2),
      severity: { green: 0, yellow: rating * 0.9, red: rating },
    }),
    ...columns(WHOLE / loads.length),
  }));
}

/** What the circuit carried on each phase, against its limit. */
function loadGraph(circuit: Part, hours: number, text: Text): Card[] {
  const loads = circuit.onPhases("load").map(({ phase, entity }) => ({
    entity,
    name: phase.toUpperCase(),
    color: PHASE_COLORS[phase],
  }));
  const limits = circuit.onPhases("limit").map(({ phase, entity }) => ({
    entity,
    name: text("limit", { phase: phase.toUpperCase() }),
    color: LIMIT_COLOR,
  }));
  if (loads.length === 0) return [];
  // Most often it is the same on all phases, and one line says it.
  const [first] = limits;
  const shown = first && circuit.isAlike("limit") ? [{ ...first, name: text("limits") }] : limits;
  return graph([...loads, ...shown], hours);
}

/** A charger: what its car gets and why, and what its owner may ask of it. */
export function chargerSection(charger: Part, text: Text): Section {
  const controls = CHARGER_CONTROLS.flatMap(([key, feature]) => {
    const entity = charger.entity(key);
    if (!entity || (key === WITH_VEHICLES && !charger.entity("vehicle"))) return [];
    const none = NOT_SET[key];
    if (none) return unlessUnknown(entity, text(none));
    return [feature ? { ...tile(entity, WHOLE), ...inline(feature) } : tile(entity, WHOLE / 2)];
  });
  return section(
    charger.name,
    "mdi:ev-station",
    [
      ...facts(charger, CHARGER_FACTS),
      ...controls,
      ...chips(text("measured"), charger, "current"),
    ],
    alarms(charger, CHARGER_ALARMS),
  );
}

/** Solar panels, a battery, a vehicle, a meter: what is known of it, and its power over time. */
export function otherSection(part: Part, hours: number): Section {
  const shown = [...part.entities].filter(([, entity]) => !part.details.has(entity));
  const tiles = shown.map(([key, entity]) => ({
    ...tile(entity, WHOLE / 2),
    // What it does not tell is not missed; its power is.
    ...(key !== "power" && unless(entity, "unavailable", "unknown")),
  }));
  const power = part.entity("power");
  const powers = power ? [{ entity: power, name: part.name }] : [];
  return section(part.name, ICONS[part.kind], [...tiles, ...graph(powers, hours)]);
}

/** What the chargers were told, side by side. */
export function setpointSection(chargers: Part[], hours: number, text: Text): Section {
  const setpoints = chargers.map((charger) => ({
    entity: charger.entity("setpoint"),
    name: charger.name,
  }));
  return section(text("told"), "mdi:chart-line", graph(setpoints, hours));
}

/** What an owner does first: let a charger connect. */
export function noChargerSection(text: Text): Section {
  const card = { type: "markdown", content: text("no_charger"), ...columns(WHOLE) };
  return section(text("chargers"), "mdi:ev-station", [card]);
}

/** What a whole site draws with its cars, and what ought to be seen at once. */
export function siteBadges({ main }: Site): Card[] {
  const told = ["cars_power", "price"].flatMap((key) => main.entity(key) ?? []);
  return [
    ...alarms(main, SITE_ALARMS).map((alarm) => ({ ...alarm, show_name: true })),
    ...told.map((entity) => ({ type: "entity", entity, show_name: true, name: { type: "entity" } })),
  ];
}

function facts(part: Part, rows: string[][]): Card[] {
  return rows.flatMap((row) => {
    const there = row.flatMap((key) => {
      const entity = part.entity(key);
      return entity ? [{ entity, rare: RARE.has(key), figures: FIGURES[key] }] : [];
    });
    return there.map(({ entity, rare, figures }) => ({
      ...tile(entity, WHOLE / there.length),
      ...(figures && { state_content: figures }),
      ...(rare && unless(entity, "unknown")),
    }));
  });
}

function alarms(part: Part, keys: string[]): Card[] {
  return keys
    .flatMap((key) => part.entity(key) ?? [])
    .map((entity) => ({
      type: "entity",
      entity,
      name: { type: "entity" },
      color: "red",
      visibility: [{ condition: "state", entity, state: "on" }],
    }));
}

function section(title: string, icon: string | undefined, cards: Card[], badges: Card[] = []): Section {
  const heading = { type: "heading", heading: title, ...(icon && { icon }), badges };
  return { type: "grid", cards: [heading, ...cards] };
}

function tile(entity: string, width: number): Card {
  return { type: "tile", entity, name: { type: "entity" }, ...columns(width) };
}

/** A time where there is one; else a tile that says so, and with which it can be set. */
function unlessUnknown(entity: string, otherwise: string): Card[] {
  const unset = { condition: "state", entity, state: "unknown" };
  return [
    { ...tile(entity, WHOLE / 2), ...unless(entity, "unknown") },
    // Over the whole width, for it is a sentence.
    { ...tile(entity, WHOLE), name: otherwise, hide_state: true, visibility: [unset] },
  ];
}

function inline(feature: Card) {
  return { features: [feature], features_position: "inline" };
}

function graph(entities: object[], hours: number): Card[] {
  if (entities.length === 0) return [];
  return [{ type: "history-graph", entities, hours_to_show: hours, ...columns(WHOLE) }];
}

/** A line of figures, one for each phase. */
function chips(title: string, part: Part, key: string): Card[] {
  const badges = part.onPhases(key).map(({ phase, entity }) => ({
    type: "entity",
    entity,
    name: phase.toUpperCase(),
    show_icon: false,
    state_content: ["name", "state"],
  }));
  if (badges.length === 0) return [];
  return [{ type: "heading", heading_style: "subtitle", heading: title, badges }];
}

function unless(entity: string, ...states: string[]) {
  return { visibility: [{ condition: "state", entity, state_not: states }] };
}

function columns(width: number) {
  return { grid_options: { columns: width } };
}

function ratingInWords(rating: number[]): string {
  const there = rating.filter((amperes) => amperes > 0);
  const [first] = there;
  return there.every((amperes) => amperes === first)
    ? `${there.length} × ${first} A`
    : `${there.join(", ")} A`;
}
