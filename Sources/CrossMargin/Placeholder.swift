// CrossMargin
