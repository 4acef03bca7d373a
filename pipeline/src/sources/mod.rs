//! What to ask of each site, and what its answers say.
