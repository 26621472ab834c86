"""Words that tell what an entity of a meter measures: at the grid or elsewhere, in which direction."""

import re

__all__ = [
    "BESIDE",
    "DELIVERED",
    "EXPORTED",
    "GRID",
    "MADE",
    "MAKES",
    "NET",
    "OTHER",
    "PRODUCTION",
    "STEM",
    "USED",
]

EXPORTED = re.compile(
    r"export|return|produc|delivery|negative|inject|feed(?:_?in)?(?![a-z]|[_ -]*through)|einspeis|ruecklief|rucklief|terug|retur"
    r"|innmat|inmatning|excedent|vertido|immess|immiss|oddan|inyec|verkauf|(?<![a-z])(?:sell|sold|neg)(?![a-z])"
    r"|(?<![a-z])to[_ ]+(?:the[_ ]+)?(?:grid|net|utility)"
)
# To the house in one integration, from it in another: what else the device measures tells.
DELIVERED = re.compile(r"deliver|supplied|gelever|geliefert|lieferung")
# Neither what flows now, nor through the whole house.
OTHER = re.compile(
    r"min_?power|max|average|estimate|apparent|aprt|reactive|peak|limit|neutral|n_current"
    r"|batter|akku|accu(?![a-z])|charging|feed[_ -]*through|heat_?pump|warmepumpe|forecast|blind|mittel|durchschnitt|gemiddeld|moyen"
    r"|(?<![a-z])(?:out(?:put)?|back_?up|eps|critical)(?![a-z])|l[123][_\-]l[123]|(?:input|channel|ch|clamp|circuit|socket|outlet|port|relay|switch)[_: ]*[0-9]"
)
# What the sun makes; but an inverter may have a meter at the grid.
MADE = re.compile(r"solar|(?<![a-z])pv(?![a-z])|inverter|wechselrichter|omvormer|onduleur")
GRID = re.compile(
    r"(?<!on[-_])(?<![a-z])grid|mains|meter|netz|(?<![a-z])net(?![a-z])|netto|reseau|(?<![a-z])red(?![a-z])|(?<![a-z])rete"
)

# An inverter has such sensors, and phases of its own that are not the house's.
MAKES = re.compile(MADE.pattern + r"|(?<![a-z])(?:dc|mppt|string|panel)[0-9]?(?![a-z])")
# At a charger, what is not its own.
BESIDE = re.compile(r"grid|mains|netz|house|home|haus")
USED = re.compile(
    r"consum|(?<![a-z])from|(?<![a-z])us(?:age|ed?)(?![a-z])|import|bezug|verbr|afname|draw|buy"
)
PRODUCTION = re.compile(r"production|produktion|produzione|produccion|productie|generation")
# What tells phases apart.
STEM = re.compile(r"[1-3]|(?<![a-z0-9])[abcrst]n?(?![a-z0-9])")
NET = re.compile(r"(?<![a-z])(?:net(?:to)?|saldo|balance)(?![a-z])")
