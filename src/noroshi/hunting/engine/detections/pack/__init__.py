"""The starting pack for banks: rules in Sigma, which any other tool reads too."""
