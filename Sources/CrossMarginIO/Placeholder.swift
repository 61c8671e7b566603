// CrossMarginIO
