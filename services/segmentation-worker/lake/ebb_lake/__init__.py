"""Exports of customers as Iceberg tables with a history: see README.md of the segmentation worker."""
