"""Flächenfinder: commercial sites and land reserves of a region, kept true and easy to find."""

__version__ = "0.1.0"
