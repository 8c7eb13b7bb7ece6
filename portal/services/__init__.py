"""What the portal does. Services take a session and say what happened; they never meet the web."""
