"""The road network: what an extract says, what vehicles may do there, and the graph that comes of it."""
