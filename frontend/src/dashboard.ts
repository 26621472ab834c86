// The dashboard of Fusewise, of Home Assistant's own cards: the fuse, the cars, and why each gets what it gets.
import {
  chargerSection,
  circuitSection,
  noChargerSection,
  otherSection,
  setpointSection,
  siteBadges,
  type Text,
} from "./cards";
import type { HomeAssistant, PanelProperties, Route, Section, View } from "./homeassistant";
import { findSites, type Site } from "./site";

const TYPE = "fusewise";
const DASHBOARD = "fusewise-dashboard"; // its address
const BOARD = "ha-panel-lovelace"; // what shows dashboards
const SHORTEST = 0.1; // h of history: what a site shows that was set up just now
const LONGEST = 6;
const HOUR = 3_600_000; // ms
const TRIES = 30;

class FusewiseDashboard extends HTMLElement {
  static async generate(_config: unknown, hass: HomeAssistant) {
    const [sites, text] = await Promise.all([findSites(hass), texts(hass)]);
    return { title: "Fusewise", views: sites.map((site) => view(site, text)) };
  }
}

/** The dashboard's texts. Home Assistant calls them loaded while somebody else is still loading them. */
async function texts(hass: HomeAssistant): Promise<Text> {
  for (let tries = 1; ; tries += 1) {
    const localize = await hass.loadBackendTranslation("common", "fusewise");
    const text: Text = (key, values) => localize(`component.fusewise.common.dashboard_${key}`, values);
    if (text("main_fuse") || tries === TRIES) return text;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

function view(site: Site, text: Text): View {
  const { main, circuits, chargers, others } = site;
  const since = hours(site);
  const sections: Section[] = [
    circuitSection(main, text("main_fuse"), since, text),
    ...circuits.map((circuit) => circuitSection(circuit, circuit.name, since, text)),
    ...chargers.map((charger) => chargerSection(charger, text)),
    chargers.length ? setpointSection(chargers, since, text) : noChargerSection(text),
    ...others.map((part) => otherSection(part, since)),
  ];
  return {
    title: main.name,
    path: main.id.toLowerCase(),
    type: "sections",
    max_columns: 4,
    badges: siteBadges(site),
    dense_section_placement: true,
    sections,
  };
}

/** As much history as there is, within bounds. */
function hours(site: Site): number {
  const known = (Date.now() - site.since) / HOUR;
  return Math.min(LONGEST, Math.max(SHORTEST, known));
}

/**
 * What the sidebar opens. A page that was open before Fusewise was set up knows no strategy of ours, and Home
 * Assistant loads this file only for a panel of our own. So this panel holds the dashboard. Where Home Assistant
 * has not loaded what shows dashboards yet, it leads over the dashboard's own address, which has that loaded.
 */
class FusewisePanel extends HTMLElement {
  #board = document.createElement(BOARD) as HTMLElement & PanelProperties;

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

  set hass(hass: HomeAssistant) {
    this.#board.panel ??= hass.panels[DASHBOARD];
    this.#board.hass = hass;
  }

  set narrow(narrow: boolean) {
    this.#board.narrow = narrow;
  }

  set route(route: Route) {
    this.#board.route = route;
  }
}

function lead(path: string) {
  history.replaceState(null, "", path);
  window.dispatchEvent(new CustomEvent("location-changed", { detail: { replace: true } }));
}

// A page that is open while Fusewise is updated has them already.
if (!customElements.get(`ll-strategy-dashboard-${TYPE}`)) {
  customElements.define(`ll-strategy-dashboard-${TYPE}`, FusewiseDashboard);
  customElements.define("fusewise-panel", FusewisePanel);
  // So that 'Add dashboard' offers it too, for a copy that its owner may change.
  (window.customStrategies ??= []).push({
    type: TYPE,
    strategyType: "dashboard",
    name: "Fusewise",
  });
}

declare global {
  interface Window {
    customStrategies?: { type: string; strategyType: string; name: string }[];
  }
}
