"""What a charge point reports of itself: MeterValues per phase, in OCPP's words."""

from collections.abc import Iterator

from custom_components.fusewise.simulation import Charger

from . import clock


def meter_value(
    charger: Charger, measurands: str, voltage: float, moment: float, context: str
) -> dict[str, object]:
    """Return one MeterValue with the `measurands` (comma-separated) of `charger`.

    Phases are the charger's own L1, L2, L3: it does not know how the electrician wired it.
    """
    values = [
        {**value, "context": context, "location": "Outlet"}
        for measurand in measurands.split(",")
        for value in _sampled(charger, measurand.strip(), voltage)
    ]
    return {"timestamp": clock.iso(moment), "sampled_value": values}


def _sampled(charger: Charger, measurand: str, voltage: float) -> Iterator[dict[str, object]]:
    phases = [f"L{n + 1}" for n in range(len(charger.wiring))]
    amperes = dict(zip(phases, charger.currents, strict=True))
    match measurand:
        case "Current.Import":
            for phase in phases:
                yield _value(f"{amperes[phase]:.2f}", measurand, "A", phase)
        case "Current.Offered":
            yield _value(f"{charger.pilot:.1f}", measurand, "A")
        case "Voltage":
            for phase in phases:
                yield _value(f"{voltage:.1f}", measurand, "V", f"{phase}-N")
        case "Power.Active.Import":
            for phase in phases:
                yield _value(f"{amperes[phase] * voltage:.0f}", measurand, "W", phase)
        case "Energy.Active.Import.Register":
            yield _value(f"{charger.energy_wh:.0f}", measurand, "Wh")


def _value(value: str, measurand: str, unit: str, phase: str | None = None) -> dict[str, object]:
    return {"value": value, "measurand": measurand, "unit": unit, "phase": phase}
