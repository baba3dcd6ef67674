"""From raw columns to the model: normalise (units, commas, code lists), then validate (rules -> issues)."""
