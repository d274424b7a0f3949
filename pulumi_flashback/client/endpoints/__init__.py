"""The endpoints, one module for each family, with the models of what they return."""
