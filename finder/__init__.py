"""Flächenfinder: commercial sites and land reserves of a region, kept true and easy to find."""
