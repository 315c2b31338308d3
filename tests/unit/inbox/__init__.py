"""Evidence about letters whose fate is unknown, from files."""
