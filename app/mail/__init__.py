"""Letters to people: written with what they tell, delivered by the worker."""
