"""What the data means, as people look it up: metrics, glossary and docs."""
