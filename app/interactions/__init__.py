"""The log of interactions: read from files and warehouses, kept as Parquet, counted per month."""
