"""The endpoints, one module per family, with the models of their responses."""
