"""A demo house on this machine: three charge points, a grid meter, and cars that really charge (as physics).

It is a program of its own, `python -m demo`, and speaks to Home Assistant by real protocols only: OCPP 1.6J
over websockets and Modbus TCP. A small HTTP door lets scripts look at the physics, and break things.
"""
