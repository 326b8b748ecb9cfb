"""The functions that training code calls; each one line to the client, plus the active run."""
