// A site and what belongs to it, as the entity registry knows it: nobody's entity ids are guessed.
import type { HomeAssistant, RegistryEntity } from "./homeassistant";

const PLATFORM = "fusewise";
const PHASES = ["l1", "l2", "l3"] as const;

export type Phase = (typeof PHASES)[number];

/** A circuit's rating in amperes, L1 first; `owner` is the id of its subentry, or of the site. */
interface Circuit {
  owner: string;
  rating: number[];
}

/** What Fusewise tells of a site that no entity does. */
interface Told {
  entry_id: string;
  title: string;
  circuits: Circuit[];
  /** What each subentry is: charger, circuit, solar … */
  kinds: Record<string, string>;
}

/** A device of the site (the site itself, a charger, a circuit …) and its entity ids by what they show. */
export class Part {
  readonly entities = new Map<string, string>();
  /** Those for who looks closer: diagnostics and settings. */
  readonly details = new Set<string>();

  constructor(
    readonly id: string,
    readonly name: string,
    readonly kind: string,
    readonly rating: number[],
    private readonly states: HomeAssistant["states"],
  ) {}

  entity(key: string): string | undefined {
    return this.entities.get(key);
  }

  /** Whether `key` is the same on all phases now. */
  isAlike(key: string): boolean {
    return new Set(this.onPhases(key).map(({ entity }) => this.states[entity]?.state)).size === 1;
  }

  /** The phases on which it shows `key`, with the entity that does. */
  onPhases(key: string): { phase: Phase; entity: string; rating: number | undefined }[] {
    return PHASES.flatMap((phase, index) => {
      const entity = this.entity(`${key}_${phase}`);
      return entity ? [{ phase, entity, rating: this.rating[index] || undefined }] : [];
    });
  }
}

export interface Site {
  /** When its first entity was made, in ms: nothing before can be shown. */
  since: number;
  main: Part;
  chargers: Part[];
  circuits: Part[];
  /** Solar, batteries, vehicles, meters. */
  others: Part[];
}

/** All sites, in the order in which they were set up; the parts of each by name. */
export async function findSites(hass: HomeAssistant): Promise<Site[]> {
  const [told, registry] = await Promise.all([
    hass.callWS<Told[]>({ type: "fusewise/sites" }),
    hass.callWS<RegistryEntity[]>({ type: "config/entity_registry/list" }),
  ]);
  return told.map((site) => {
    const ours = registry.filter((entity) => isShown(entity, site.entry_id));
    const since = Math.min(Date.now(), ...ours.map((entity) => entity.created_at * 1000));
    return { since, ...arranged(site, partsOf(hass, site, ours), hass) };
  });
}

function isShown(entity: RegistryEntity, entry: string): boolean {
  const isOurs = entity.platform === PLATFORM && entity.config_entry_id === entry;
  return isOurs && entity.disabled_by === null && entity.hidden_by === null;
}

function partsOf(hass: HomeAssistant, site: Told, entities: RegistryEntity[]): Map<string, Part> {
  const parts = new Map<string, Part>();
  for (const entity of entities) {
    const owner = entity.config_subentry_id ?? site.entry_id;
    let part = parts.get(owner);
    if (!part) {
      const device = entity.device_id === null ? undefined : hass.devices[entity.device_id];
      const name = device?.name_by_user ?? device?.name ?? site.title;
      const rating = site.circuits.find((circuit) => circuit.owner === owner)?.rating ?? [];
      part = new Part(owner, name, site.kinds[owner] ?? "site", rating, hass.states);
      parts.set(owner, part);
    }
    // A unique id says whose the entity is, then what it shows.
    part.entities.set(entity.unique_id.replace(`${owner}_`, ""), entity.entity_id);
    if (entity.entity_category !== null) part.details.add(entity.entity_id);
  }
  return parts;
}

function arranged(
  site: Told,
  parts: Map<string, Part>,
  hass: HomeAssistant,
): Omit<Site, "since"> {
  const main = parts.get(site.entry_id) ?? new Part(site.entry_id, site.title, "site", [], hass.states);
  const others = [...parts.values()]
    .filter((part) => part !== main)
    .sort((one, other) => one.name.localeCompare(other.name));
  const isCharger = (part: Part) => part.kind === "charger";
  const isCircuit = (part: Part) => part.kind === "circuit";
  return {
    main,
    chargers: others.filter(isCharger),
    circuits: others.filter(isCircuit),
    others: others.filter((part) => !isCharger(part) && !isCircuit(part)),
  };
}
