// PortfolioModel
