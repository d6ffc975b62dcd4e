"""Issue to Edition. Templates and models in, bytes out; nothing here reads settings, clocks or networks."""
