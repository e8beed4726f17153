"""Where data come from: published sets, folders, archives, tables and arrays."""
