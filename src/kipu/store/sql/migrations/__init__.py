"""How the schema came about, one revision after the other; loaded only to bring an old one up."""
