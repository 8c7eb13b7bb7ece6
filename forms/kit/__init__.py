"""The vocabulary papers are written in: fields, rules, chains, clocks, effects, printed faces."""
