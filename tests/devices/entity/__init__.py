"""Entities in a real core of Home Assistant stand for meters and chargers."""
