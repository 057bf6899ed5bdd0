"""The composition root: services built with constructors, the engine process, events. No Qt, no logic of its own."""
