"""Gates on raw batches and on marts: what is impossible stops a run, what is improbable warns."""
