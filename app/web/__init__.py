"""What every page shares: guards, forms, fields, filters, error pages, headers. Knows no domain."""
