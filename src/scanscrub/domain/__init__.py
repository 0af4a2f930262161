"""The words the layers share: standard library only, frozen."""
