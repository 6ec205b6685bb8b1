"""What the project computes from what it collected: opportunities, order flow, portfolio."""
