"""What the notebooks share: the way to what readers see, and charts in one look."""
