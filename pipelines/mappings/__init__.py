"""Other people's exports: a mapping file says how a source system's raw files become feeds."""
