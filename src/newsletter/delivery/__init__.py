"""Edition and recipients to deliveries: frozen first, then sent, every recipient accounted for."""
