// Built from frontend/ by scripts/frontend: change it there.
// sources 0a53c7669bc4fc7c12e12c0a180ef54f7aee0d44e7e3e0f75db6c40442d5e381
// code ba115809ed08a2c60bf1ea4525e427e764df4d881147390750fd7ab4d9f81122
// frontend/src/cards.ts
var WHOLE = 12;
var PHASE_COLORS = { l1: "blue", l2: "orange", l3: "teal" };
var LIMIT_COLOR = "red";
var CHARGER_FACTS = [
  ["status", "setpoint"],
  ["reason"],
  ["power", "session_energy"],
  ["ready_at", "boosts_left"]
];
var CIRCUIT_FACTS = [
  ["limited_by"],
  ["temperature", "thermal_share"],
  ["demand_energy", "demand_forecast"],
  ["demand_target"]
];
var CHARGER_CONTROLS = [
  ["mode", { type: "select-options" }],
  ["vehicle", { type: "select-options" }],
  ["boost", { type: "toggle" }],
  ["departure"],
  ["next_departure"],
  ["target_energy", { type: "numeric-input", style: "buttons" }],
  ["target_percent", { type: "numeric-input", style: "buttons" }]
];
var NOT_SET = {
  departure: "no_departure",
  next_departure: "no_next_departure"
};
var FIGURES = { reason: ["state", "bound"] };
var WITH_VEHICLES = "target_percent";
var ICONS = {
  battery: "mdi:home-battery",
  meter: "mdi:meter-electric",
  solar: "mdi:solar-power-variant",
  vehicle: "mdi:car-electric"
};
var RARE = /* @__PURE__ */ new Set(["ready_at", "boosts_left"]);
var CHARGER_ALARMS = ["problem", "late"];
var SITE_ALARMS = ["fallback", "grid_limit"];
function circuitSection(circuit, title, hours2, text) {
  const { rating } = circuit;
  return section(
    rating.length ? `${title}, ${ratingInWords(rating)}` : title,
    "mdi:fuse",
    [
      ...gauges(circuit),
      ...chips(text("left"), circuit, "headroom"),
      ...facts(circuit, CIRCUIT_FACTS),
      ...loadGraph(circuit, hours2, text)
    ]
  );
}
function gauges(circuit) {
  const loads = circuit.onPhases("load");
  return loads.map(({ phase, entity, rating }) => ({
    type: "gauge",
    entity,
    name: phase.toUpperCase(),
    needle: true,
    min: 0,
    ...rating && {
      max: Math.round(rating * 1.2),
      severity: { green: 0, yellow: rating * 0.9, red: rating }
    },
    ...columns(WHOLE / loads.length)
  }));
}
function loadGraph(circuit, hours2, text) {
  const loads = circuit.onPhases("load").map(({ phase, entity }) => ({
    entity,
    name: phase.toUpperCase(),
    color: PHASE_COLORS[phase]
  }));
  const limits = circuit.onPhases("limit").map(({ phase, entity }) => ({
    entity,
    name: text("limit", { phase: phase.toUpperCase() }),
    color: LIMIT_COLOR
  }));
  if (loads.length === 0) return [];
  const [first] = limits;
  const shown = first && circuit.isAlike("limit") ? [{ ...first, name: text("limits") }] : limits;
  return graph([...loads, ...shown], hours2);
}
function chargerSection(charger, text) {
  const controls = CHARGER_CONTROLS.flatMap(([key, feature]) => {
    const entity = charger.entity(key);
    if (!entity || key === WITH_VEHICLES && !charger.entity("vehicle")) return [];
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
      ...chips(text("measured"), charger, "current")
    ],
    alarms(charger, CHARGER_ALARMS)
  );
}
function otherSection(part, hours2) {
  const shown = [...part.entities].filter(([, entity]) => !part.details.has(entity));
  const tiles = shown.map(([key, entity]) => ({
    ...tile(entity, WHOLE / 2),
    // What it does not tell is not missed; its power is.
    ...key !== "power" && unless(entity, "unavailable", "unknown")
  }));
  const power = part.entity("power");
  const powers = power ? [{ entity: power, name: part.name }] : [];
  return section(part.name, ICONS[part.kind], [...tiles, ...graph(powers, hours2)]);
}
function setpointSection(chargers, hours2, text) {
  const setpoints = chargers.map((charger) => ({
    entity: charger.entity("setpoint"),
    name: charger.name
  }));
  return section(text("told"), "mdi:chart-line", graph(setpoints, hours2));
}
function noChargerSection(text) {
  const card = { type: "markdown", content: text("no_charger"), ...columns(WHOLE) };
  return section(text("chargers"), "mdi:ev-station", [card]);
}
function siteBadges({ main }) {
  const told = ["cars_power", "price"].flatMap((key) => main.entity(key) ?? []);
  return [
    ...alarms(main, SITE_ALARMS).map((alarm) => ({ ...alarm, show_name: true })),
    ...told.map((entity) => ({ type: "entity", entity, show_name: true, name: { type: "entity" } }))
  ];
}
function facts(part, rows) {
  return rows.flatMap((row) => {
    const there = row.flatMap((key) => {
      const entity = part.entity(key);
      return entity ? [{ entity, rare: RARE.has(key), figures: FIGURES[key] }] : [];
    });
    return there.map(({ entity, rare, figures }) => ({
      ...tile(entity, WHOLE / there.length),
      ...figures && { state_content: figures },
      ...rare && unless(entity, "unknown")
    }));
  });
}
function alarms(part, keys) {
  return keys.flatMap((key) => part.entity(key) ?? []).map((entity) => ({
    type: "entity",
    entity,
    name: { type: "entity" },
    color: "red",
    visibility: [{ condition: "state", entity, state: "on" }]
  }));
}
function section(title, icon, cards, badges = []) {
  const heading = { type: "heading", heading: title, ...icon && { icon }, badges };
  return { type: "grid", cards: [heading, ...cards] };
}
function tile(entity, width) {
  return { type: "tile", entity, name: { type: "entity" }, ...columns(width) };
}
function unlessUnknown(entity, otherwise) {
  const unset = { condition: "state", entity, state: "unknown" };
  return [
    { ...tile(entity, WHOLE / 2), ...unless(entity, "unknown") },
    // Over the whole width, for it is a sentence.
    { ...tile(entity, WHOLE), name: otherwise, hide_state: true, visibility: [unset] }
  ];
}
function inline(feature) {
  return { features: [feature], features_position: "inline" };
}
function graph(entities, hours2) {
  if (entities.length === 0) return [];
  return [{ type: "history-graph", entities, hours_to_show: hours2, ...columns(WHOLE) }];
}
function chips(title, part, key) {
  const badges = part.onPhases(key).map(({ phase, entity }) => ({
    type: "entity",
    entity,
    name: phase.toUpperCase(),
    show_icon: false,
    state_content: ["name", "state"]
  }));
  if (badges.length === 0) return [];
  return [{ type: "heading", heading_style: "subtitle", heading: title, badges }];
}
function unless(entity, ...states) {
  return { visibility: [{ condition: "state", entity, state_not: states }] };
}
function columns(width) {
  return { grid_options: { columns: width } };
}
function ratingInWords(rating) {
  const there = rating.filter((amperes) => amperes > 0);
  const [first] = there;
  return there.every((amperes) => amperes === first) ? `${there.length} × ${first} A` : `${there.join(", ")} A`;
}

// frontend/src/site.ts
var PLATFORM = "fusewise";
var PHASES = ["l1", "l2", "l3"];
var Part = class {
  constructor(id, name, kind, rating, states) {
    this.id = id;
    this.name = name;
    this.kind = kind;
    this.rating = rating;
    this.states = states;
  }
  id;
  name;
  kind;
  rating;
  states;
  entities = /* @__PURE__ */ new Map();
  /** Those for who looks closer: diagnostics and settings. */
  details = /* @__PURE__ */ new Set();
  entity(key) {
    return this.entities.get(key);
  }
  /** Whether `key` is the same on all phases now. */
  isAlike(key) {
    return new Set(this.onPhases(key).map(({ entity }) => this.states[entity]?.state)).size === 1;
  }
  /** The phases on which it shows `key`, with the entity that does. */
  onPhases(key) {
    return PHASES.flatMap((phase, index) => {
      const entity = this.entity(`${key}_${phase}`);
      return entity ? [{ phase, entity, rating: this.rating[index] || void 0 }] : [];
    });
  }
};
async function findSites(hass) {
  const [told, registry] = await Promise.all([
    hass.callWS({ type: "fusewise/sites" }),
    hass.callWS({ type: "config/entity_registry/list" })
  ]);
  return told.map((site) => {
    const ours = registry.filter((entity) => isShown(entity, site.entry_id));
    const since = Math.min(Date.now(), ...ours.map((entity) => entity.created_at * 1e3));
    return { since, ...arranged(site, partsOf(hass, site, ours), hass) };
  });
}
function isShown(entity, entry) {
  const isOurs = entity.platform === PLATFORM && entity.config_entry_id === entry;
  return isOurs && entity.disabled_by === null && entity.hidden_by === null;
}
function partsOf(hass, site, entities) {
  const parts = /* @__PURE__ */ new Map();
  for (const entity of entities) {
    const owner = entity.config_subentry_id ?? site.entry_id;
    let part = parts.get(owner);
    if (!part) {
      const device = entity.device_id === null ? void 0 : hass.devices[entity.device_id];
      const name = device?.name_by_user ?? device?.name ?? site.title;
      const rating = site.circuits.find((circuit) => circuit.owner === owner)?.rating ?? [];
      part = new Part(owner, name, site.kinds[owner] ?? "site", rating, hass.states);
      parts.set(owner, part);
    }
    part.entities.set(entity.unique_id.replace(`${owner}_`, ""), entity.entity_id);
    if (entity.entity_category !== null) part.details.add(entity.entity_id);
  }
  return parts;
}
function arranged(site, parts, hass) {
  const main = parts.get(site.entry_id) ?? new Part(site.entry_id, site.title, "site", [], hass.states);
  const others = [...parts.values()].filter((part) => part !== main).sort((one, other) => one.name.localeCompare(other.name));
  const isCharger = (part) => part.kind === "charger";
  const isCircuit = (part) => part.kind === "circuit";
  return {
    main,
    chargers: others.filter(isCharger),
    circuits: others.filter(isCircuit),
    others: others.filter((part) => !isCharger(part) && !isCircuit(part))
  };
}

// frontend/src/dashboard.ts
var TYPE = "fusewise";
var DASHBOARD = "fusewise-dashboard";
var BOARD = "ha-panel-lovelace";
var SHORTEST = 0.1;
var LONGEST = 6;
var HOUR = 36e5;
var TRIES = 30;
var FusewiseDashboard = class extends HTMLElement {
  static async generate(_config, hass) {
    const [sites, text] = await Promise.all([findSites(hass), texts(hass)]);
    return { title: "Fusewise", views: sites.map((site) => view(site, text)) };
  }
};
async function texts(hass) {
  for (let tries = 1; ; tries += 1) {
    const localize = await hass.loadBackendTranslation("common", "fusewise");
    const text = (key, values) => localize(`component.fusewise.common.dashboard_${key}`, values);
    if (text("main_fuse") || tries === TRIES) return text;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
function view(site, text) {
  const { main, circuits, chargers, others } = site;
  const since = hours(site);
  const sections = [
    circuitSection(main, text("main_fuse"), since, text),
    ...circuits.map((circuit) => circuitSection(circuit, circuit.name, since, text)),
    ...chargers.map((charger) => chargerSection(charger, text)),
    chargers.length ? setpointSection(chargers, since, text) : noChargerSection(text),
    ...others.map((part) => otherSection(part, since))
  ];
  return {
    title: main.name,
    path: main.id.toLowerCase(),
    type: "sections",
    max_columns: 4,
    badges: siteBadges(site),
    dense_section_placement: true,
    sections
  };
}
function hours(site) {
  const known = (Date.now() - site.since) / HOUR;
  return Math.min(LONGEST, Math.max(SHORTEST, known));
}
var FusewisePanel = class extends HTMLElement {
  #board = document.createElement(BOARD);
  connectedCallback() {
    if (customElements.get(BOARD)) {
      this.append(this.#board);
      return;
    }
    lead(`/${DASHBOARD}`);
    void customElements.whenDefined(BOARD).then(() => {
      if (location.pathname.startsWith(`/${DASHBOARD}`)) lead(`/${TYPE}`);
    });
  }
  set hass(hass) {
    this.#board.panel ??= hass.panels[DASHBOARD];
    this.#board.hass = hass;
  }
  set narrow(narrow) {
    this.#board.narrow = narrow;
  }
  set route(route) {
    this.#board.route = route;
  }
};
function lead(path) {
  history.replaceState(null, "", path);
  window.dispatchEvent(new CustomEvent("location-changed", { detail: { replace: true } }));
}
if (!customElements.get(`ll-strategy-dashboard-${TYPE}`)) {
  customElements.define(`ll-strategy-dashboard-${TYPE}`, FusewiseDashboard);
  customElements.define("fusewise-panel", FusewisePanel);
  (window.customStrategies ??= []).push({
    type: TYPE,
    strategyType: "dashboard",
    name: "Fusewise"
  });
}
