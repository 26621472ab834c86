"""Charge points of their own make speak OCPP to the central system."""
