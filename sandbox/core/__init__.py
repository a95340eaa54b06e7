"""HTTP without a network: bodies, routes, errors, faults, limits. It knows no endpoint and no engine."""
