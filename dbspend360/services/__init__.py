"""What the product does with spend, whichever door asked."""
