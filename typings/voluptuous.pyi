# Home Assistant makes `voluptuous` an alias of probatio (since 2026.9), so its types are these.
from probatio import *
