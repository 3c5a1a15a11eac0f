"""The only place that knows PuLP and the solvers: build the model, solve it, read the choices."""
