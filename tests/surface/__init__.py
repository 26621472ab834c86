"""The surface: a real Home Assistant, a real Modbus meter and real charge points on loopback."""
