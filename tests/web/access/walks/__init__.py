"""How each thing that can be posted is done with success, a module per package."""
