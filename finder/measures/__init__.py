"""Pure measures: frame in -> Series by site out; units in names."""
