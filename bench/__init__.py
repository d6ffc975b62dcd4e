"""What performance claims rest on: each module measures one thing and prints it beside its peer or limit."""
