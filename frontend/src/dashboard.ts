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
import type { HomeAssistant, Section, View } from "./homeassistant";
import { findSites, type Site } from "./site";

const TYPE = "fusewise";
const DASHBOARD = "/fusewise-dashboard";
const SHORTEST = 0.25; // h of history: what a site shows that was set up just now
const LONGEST = 6;
const HOUR = 3_600_000; // ms

class FusewiseDashboard extends HTMLElement {
  static async generate(_config: unknown, hass: HomeAssistant) {
    const [sites, localize] = await Promise.all([
      findSites(hass),
      hass.loadBackendTranslation("common", "fusewise"),
    ]);
    const text: Text = (key, values) => localize(`component.fusewise.common.dashboard_${key}`, values);
    return { title: "Fusewise", views: sites.map((site) => view(site, text)) };
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
 * Assistant loads this file only for a panel of our own: so that is opened first, and leads to the dashboard.
 */
class FusewisePanel extends HTMLElement {
  connectedCallback() {
    history.replaceState(null, "", DASHBOARD);
    window.dispatchEvent(new CustomEvent("location-changed", { detail: { replace: true } }));
  }
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
