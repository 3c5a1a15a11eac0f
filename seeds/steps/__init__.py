"""The demo story step by step; each step leaves alone what is there already."""
