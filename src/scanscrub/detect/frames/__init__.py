"""How a frame is shown to the models: views, tiles, groups of frames, masks filled in."""
