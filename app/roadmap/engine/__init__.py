"""The drawing of the roadmap: bars and diamonds placed in percent of the track; pure."""
