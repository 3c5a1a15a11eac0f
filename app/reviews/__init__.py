"""Where the practice stands: findings across the portfolio, and the maturity of the company."""
