"""OCPP 1.6J: its messages. What is the same in later versions lies a folder above."""

from .charge_point import VERSION, ChargePoint16, shapes

__all__ = ["VERSION", "ChargePoint16", "shapes"]
