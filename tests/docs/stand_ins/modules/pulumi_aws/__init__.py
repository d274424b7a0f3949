"""Stands for the package of this name, of which the pages use one class."""

from . import iam as iam
