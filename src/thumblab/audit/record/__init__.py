"""Rules on what the record of a run says of its making."""
