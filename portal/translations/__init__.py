"""What the pages say in other languages, and how its words are gathered."""
