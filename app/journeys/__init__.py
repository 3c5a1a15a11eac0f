"""Customer journeys: touchpoints, baselines and the lever pools they feed."""
