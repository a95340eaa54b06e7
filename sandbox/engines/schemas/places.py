"""A little geography for arguments that follow from a place: the usual temperature unit, and coordinates of large
cities.
"""

import re

_US = re.compile(
    r"\b(?:USA?|U\.S\.|United States|America|New York|Los Angeles|Chicago|Houston|Boston|Seattle"
    r"|San (?:Francisco|Diego|Jose)"
    r"|Miami|Denver|Dallas|Austin|Atlanta|Phoenix|Las Vegas|Philadelphia|Portland|Detroit|Washington"
    r"|New Orleans|Nashville"
    r"|Minneapolis|Orlando|Honolulu|California|Texas|Florida|Hawaii|Alaska|Oregon|Nevada|Ohio|Illinois|Arizona|Colorado"
    r"|Massachusetts|Michigan|Virginia|Tennessee|Utah|Pennsylvania)\b"
    r"|, ?(?:A[LKZR]|C[AOT]|DC|DE|FL|GA|HI|I[ADLN]|K[SY]|LA|M[ADEINOST]|N[CDEHJMVY]|O[HKR]|PA|RI"
    r"|S[CD]|T[NX]|UT|V[AT]|W[AIVY])\b"
)
_COORDINATES = """
Amsterdam 52.37 4.90; Athens 37.98 23.73; Barcelona 41.39 2.17; Beijing 39.90 116.41; Berlin 52.52 13.41; Bogotá 4.71
-74.07; Bonn 50.74 7.10; Boston 42.36 -71.06; Brussels 50.85 4.35; Budapest 47.50 19.04; Cairo 30.04 31.24; Chicago
41.88 -87.63; Cologne 50.94 6.96; Copenhagen 55.68 12.57; Delhi 28.61 77.21; Dresden 51.05 13.74; Dublin 53.35 -6.26;
Frankfurt 50.11 8.68; Geneva 46.20 6.14; Hamburg 53.55 9.99; Helsinki 60.17 24.94; Istanbul 41.01 28.98; Leipzig 51.34
12.37; Lisbon 38.72 -9.14; London 51.51 -0.13; Los Angeles 34.05 -118.24; Madrid 40.42 -3.70; Milan 45.46 9.19; Moscow
55.76 37.62; Mumbai 19.08 72.88; Munich 48.14 11.58; Nairobi -1.29 36.82; New York 40.71 -74.01; Oslo 59.91 10.75;
Paris 48.86 2.35; Prague 50.08 14.44; Rome 41.90 12.50; San Francisco 37.77 -122.42; Seattle 47.61 -122.33; Singapore
1.35 103.82; Stockholm 59.33 18.07; Stuttgart 48.78 9.18; Sydney -33.87 151.21; Tokyo 35.68 139.69; Toronto 43.65
-79.38; Vienna 48.21 16.37; Warsaw 52.23 21.01; Zurich 47.37 8.54
"""
_CITIES = {
    " ".join(parts[:-2]).lower(): (float(parts[-2]), float(parts[-1]))
    for parts in (entry.split() for entry in _COORDINATES.split(";"))
}


def uses_fahrenheit(place: str) -> bool:
    """Say whether a text names a place in the United States."""
    return bool(_US.search(place))


def coordinates(place: str) -> tuple[float, float] | None:
    """Return latitude and longitude, in degrees, of a large city by its English name; None for any other place."""
    return _CITIES.get(place.split(",")[0].strip().lower())
