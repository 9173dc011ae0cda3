"""Photos of heads whose light is known, and how far an estimate of it is off."""
