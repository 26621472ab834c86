// What the strategy uses of Home Assistant's frontend, which publishes no types of its own.

/** An entity as the registry lists it. */
export interface RegistryEntity {
  entity_id: string;
  unique_id: string;
  platform: string;
  device_id: string | null;
  config_entry_id: string | null;
  config_subentry_id: string | null;
  disabled_by: string | null;
  hidden_by: string | null;
  entity_category: string | null;
  created_at: number;
}

export interface Device {
  name: string | null;
  name_by_user: string | null;
}

export type Localize = (key: string, values?: Record<string, string | number>) => string;

/** Where in the sidebar's address one is. */
export interface Route {
  prefix: string;
  path: string;
}

/** What a panel is given. */
export interface PanelProperties {
  hass?: HomeAssistant;
  narrow?: boolean;
  route?: Route;
  panel?: unknown;
}

export interface HomeAssistant {
  panels: Record<string, unknown>;
  states: Record<string, { state: string } | undefined>;
  devices: Record<string, Device>;
  callWS<T>(message: { type: string }): Promise<T>;
  loadBackendTranslation(category: string, integration: string): Promise<Localize>;
}

/** A card, a badge or a feature, as a dashboard's YAML has it. */
export interface Card {
  type: string;
  [option: string]: unknown;
}

export interface Section {
  type: "grid";
  cards: Card[];
}

export interface View {
  title: string;
  path: string;
  type: "sections";
  max_columns: number;
  dense_section_placement: boolean;
  badges: Card[];
  sections: Section[];
}
