"""OCPP 1.6J: its messages. What is the same in later versions lies a folder above."""

from .charge_point import HANDLED, VERSION, ChargePoint16

__all__ = ["HANDLED", "VERSION", "ChargePoint16"]
