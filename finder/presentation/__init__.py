"""View-models, maps, numbers: what pages and papers show, without any web framework."""
